import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { withCostTable } from "../../docs/generate/cost-table.ts";

it("the cost sheet is what its inputs come to (else run npm run docs)", () => {
  const page = readFileSync(new URL("../../docs/cost.md", import.meta.url), "utf8");
  expect(withCostTable(page)).toBe(page);
});
