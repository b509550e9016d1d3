import { readFileSync } from "node:fs";
import { MatrixDocument, savedResults } from "../../test/matrix/result.ts";
import { betweenMarks } from "./between-marks.ts";

const begin = "<!-- evidence: begin (npm run matrix -- --save, then npm run docs) -->";
const end = "<!-- evidence: end -->";

/** Rows of the matrix that show what each approach tells of a container: with a shell, and of distroless ones. */
const shown: readonly (readonly [string, string])[] = [
  ["exec", "alpine"],
  ["exec", "alpine-hardened"],
  ["toolbox", "distroless-root-privileged"],
  ["toolbox", "distroless-hardened-privileged"],
  ["toolbox", "distroless-hardened-restricted"],
  ["sidecar", "sidecar"],
  ["sidecar", "sidecar-restricted"],
  ["image", "image"],
];

/** docs/approaches.md with what each approach told when the matrix was carried out last. */
export function withApproachesEvidence(page: string): string {
  const { rows } = MatrixDocument.parse(JSON.parse(readFileSync(savedResults, "utf8")));
  const lines = shown.map(([approach, id]) => {
    const row = rows.findLast((each) => each.id === id);
    if (row?.verdicts == null) throw new Error(`the matrix has no verdicts in row ${id}`);
    const { given, of } = row.verdicts;
    return `| ${approach} | ${row.title} | ${row.place.split(";")[0]} | \`${row.end}\` | ${given} of ${of} |`;
  });
  const head = ["| approach | container | namespace | way | controls with a verdict |", "|---|---|---|---|---|"];
  return betweenMarks(page, begin, end, [...head, ...lines].join("\n"));
}
