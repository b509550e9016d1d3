import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { ScanError } from "#contract/errors.ts";
import type { Shell } from "#contract/shell.ts";
import { localShell } from "#test/support/local-shell.ts";
import { compareVerdicts, verdictsIn } from "#test/support/verdicts.ts";
import { busyboxTree, type Files, put } from "./container-baseline/tree.ts";
import { hardened, planted, weak } from "./container-baseline/weak-and-hardened.ts";
import { scene } from "./scene.ts";

const { audit, folder } = scene();
const baseline = fileURLToPath(new URL("../../profiles/container-baseline", import.meta.url));

/** Where none of the profile's own commands can be asked, and what is heard there. */
function filesOnly(inner: Shell, heard: string[]): Shell {
  return {
    ...inner,
    run: async (command, options) => {
      if (command.toString().includes("#end $?") || command.toString().includes("#end 0")) {
        throw new ScanError("no-shell", "no shell in the target");
      }
      const completed = await inner.run(command, options);
      heard.push(Buffer.from(completed.stdout).toString("latin1"));
      return completed;
    },
  };
}

describe.each<[string, readonly Files[]]>([
  ["hardened", [hardened]],
  ["weak", [hardened, weak]],
])("container-baseline in a %s container whose files alone can be looked at", (name, layers) => {
  it("gives no verdict that its commands do not give there, and brings out no secret", async () => {
    const root = join(folder(), name);
    mkdirSync(root, { mode: 0o755 });
    busyboxTree(root);
    for (const files of layers) put(root, files);
    const shell = localShell({ root });
    const theirs = verdictsIn((await audit("", { shell, profile: baseline })).hdf);
    const heard: string[] = [];
    const ours = verdictsIn((await audit("", { shell: filesOnly(shell, heard), profile: baseline })).hdf);
    const { common, differing } = compareVerdicts(ours, theirs);
    expect(differing).toEqual([]);
    expect([...ours.keys()].filter((id) => !theirs.has(id))).toEqual([]);
    expect(common).toBeGreaterThan(35);
    expect(Object.values(planted).filter((secret) => heard.join("\n").includes(secret))).toEqual([]);
  });
});
