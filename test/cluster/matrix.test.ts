import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { reasonCodes } from "#contract/reasons.ts";
import { MatrixDocument, type MatrixResult, resultId, savedResults } from "#test/matrix/result.ts";
import { endOf } from "#test/matrix/row.ts";
import { rows } from "#test/matrix/rows.ts";
import { runMatrix } from "#test/matrix/suite.ts";
import { trialsOf } from "#test/matrix/trials.ts";
import { sharedCluster } from "#test/support/cluster.ts";

const trials = trialsOf(rows);
/** On a quiet machine of two cores it takes a minute or two. */
const whenBusyMs = 900_000;
const saved = MatrixDocument.parse(JSON.parse(readFileSync(savedResults, "utf8"))).rows;
let results: readonly MatrixResult[] = [];
beforeAll(async () => {
  results = await runMatrix(await sharedCluster(), trials);
}, whenBusyMs);

const cases = trials.map(({ row, version }) => ({
  id: resultId({ id: row.id, version }),
  title: row.title,
  version,
  end: endOf(row, version),
}));
const resultOf = (id: string) => results.find((result) => resultId(result) === id);

describe("the compatibility matrix", () => {
  it.each(cases)("$title, on Kubernetes $version, ends as $end", ({ id, end }) => {
    expect(resultOf(id)).toMatchObject({ end });
  });

  it.each(cases)("$title, on Kubernetes $version, has as many verdicts as the README says", ({ id }) => {
    const before = saved.find((result) => resultId(result) === id);
    expect(resultOf(id)?.verdicts).toEqual(before?.verdicts);
  });

  it("gives verdicts, or one of the typed reasons and never internal", () => {
    const typed = new Set<string>(reasonCodes);
    const bad = results.filter(({ end, verdicts }) =>
      verdicts === null ? !typed.has(end) || end === "internal" : verdicts.given === 0,
    );
    expect(bad).toEqual([]);
  });
});
