import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { cases } from "#test/conformance/cases.ts";
import { elsewhere } from "#test/conformance/elsewhere.ts";
import { withConformanceTable } from "../../docs/generate/conformance-table.ts";

it("the table of conformance cases is what the suite holds (else run npm run docs)", () => {
  const page = readFileSync(new URL("../../docs/conformance.md", import.meta.url), "utf8");
  expect(withConformanceTable(page)).toBe(page);
});

it("every number of the specification is tried, or named with the reason, and not both", () => {
  const tried = new Set<string>(cases.map(({ id }) => id));
  const others = elsewhere.map(({ id }) => id);
  const all = Array.from({ length: 56 }, (_, index) => `T${index + 1}`);
  expect(all.filter((id) => !tried.has(id) && !others.includes(id))).toEqual([]);
  expect(others.filter((id) => tried.has(id))).toEqual([]);
});
