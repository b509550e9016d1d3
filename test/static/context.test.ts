import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { withContextTable } from "../../docs/generate/context-table.ts";

it("the table of context keys is what synthesis holds the context to (else run npm run docs)", () => {
  const page = readFileSync(new URL("../../docs/context.md", import.meta.url), "utf8");
  expect(withContextTable(page)).toBe(page);
});
