import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { writableFolder } from "#cli/writable-folder.ts";

const folder = mkdtempSync(join(tmpdir(), "muster-writable-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("a folder is made with its parents", () => {
  const made = writableFolder("--out", join(folder, "a/b/c"));
  expect(statSync(made).isDirectory()).toBe(true);
});

it.each([
  ["where no folder can be made", "/proc/reports"],
  ["below a file", join(folder, "file/reports")],
])("a folder %s is refused at once, by its flag", (_, path) => {
  writeFileSync(join(folder, "file"), "");
  const refusal = { code: "bad-request", message: expect.stringMatching(new RegExp(`^--out: ${path} cannot be`)) };
  expect(() => writableFolder("--out", path)).toThrowError(expect.objectContaining(refusal));
});
