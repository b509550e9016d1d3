#!/usr/bin/env node
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

// TypeScript runs by type stripping, which Node 24 has; the package brings that Node along.
const main = fileURLToPath(new URL("./main.ts", import.meta.url));
if (Number(process.versions.node.split(".")[0]) >= 24) await import("./main.ts");
else {
  const node = fileURLToPath(new URL("../node_modules/node/bin/node", import.meta.url));
  if (!existsSync(node)) {
    process.stderr.write(`muster: needs Node 24 or newer, this is ${process.version}; run "npm ci", which brings it\n`);
    process.exit(2);
  }
  const { status } = spawnSync(node, [main, ...process.argv.slice(2)], { stdio: "inherit" });
  process.exit(status ?? 2);
}
