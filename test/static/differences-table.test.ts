import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { withDifferencesTable } from "../../docs/generate/differences-table.ts";

it("the table of differences between stand-ins is what the tests hold (else run npm run docs)", () => {
  const page = readFileSync(new URL("../../docs/embedded-aws.md", import.meta.url), "utf8");
  expect(withDifferencesTable(page)).toBe(page);
});
