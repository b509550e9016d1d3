import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const file = fileURLToPath(new URL("../../layers/auditor/known_words.rb", import.meta.url));

test("what reaches into InSpec switches itself off, with a warning, on a version it was not made for", async () => {
  const script = `module Inspec; VERSION = "5.99.0"; end; require ARGV[0]; print Muster::KnownWords.install([])`;
  const { stdout, stderr } = await promisify(execFile)("ruby", ["-e", script, file]);
  expect(stdout).toBe("false");
  expect(stderr).toMatch(/made for inspec-core 5\.24\.24; 5\.99\.0 runs without it/);
});
