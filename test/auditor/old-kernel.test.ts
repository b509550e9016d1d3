import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { startAuditor } from "#audit/auditor.ts";

test("on a kernel without Landlock the auditor says what profiles are not kept from, and that alone", async () => {
  const folder = await mkdtemp(join(tmpdir(), "mo-"));
  await symlink(fileURLToPath(new URL("without-landlock.rb", import.meta.url)), join(folder, "ruby"));
  const path = process.env.PATH;
  const log: string[] = [];
  try {
    process.env.PATH = `${folder}:${path}`;
    const auditor = await startAuditor({ workDir: join(folder, "w"), log: (line) => log.push(line) });
    await auditor.close();
  } finally {
    process.env.PATH = path;
    await rm(folder, { recursive: true });
  }
  expect(log).toEqual(["auditor: this kernel lets a profile read and change files of other scans"]);
});
