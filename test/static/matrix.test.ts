import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { MatrixDocument, resultId, savedResults } from "#test/matrix/result.ts";
import { endOf } from "#test/matrix/row.ts";
import { rows } from "#test/matrix/rows.ts";
import { trialsOf } from "#test/matrix/trials.ts";
import { withMatrixTable } from "../../docs/generate/matrix-table.ts";

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const saved = MatrixDocument.parse(JSON.parse(readFileSync(savedResults, "utf8"))).rows;

describe("the compatibility matrix", () => {
  it("stands in the README as it was carried out last (else run npm run docs)", () => {
    expect(withMatrixTable(readme)).toBe(readme);
  });

  it("was kept whole, and each row with the end that it must have (else run npm run matrix -- --save)", () => {
    const must = trialsOf(rows).map(({ row, version }) => [resultId({ id: row.id, version }), endOf(row, version)]);
    expect(saved.map((result) => [resultId(result), result.end])).toEqual(must);
  });

  it("has no two rows of one id", () => {
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  });

  it("has a verdict or a typed reason in every row, and internal in none", () => {
    expect(saved.filter(({ end, verdicts }) => end === "internal" || verdicts?.given === 0).map(resultId)).toEqual([]);
  });
});
