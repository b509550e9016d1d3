import { readFileSync } from "node:fs";
import { MatrixDocument, savedResults } from "../../test/matrix/result.ts";
import { matrixTable } from "../../test/matrix/table.ts";
import { betweenMarks } from "./between-marks.ts";

const begin = "<!-- matrix: begin (npm run matrix -- --save, then npm run docs) -->";
const end = "<!-- matrix: end -->";

/** The README with its compatibility matrix made anew from the kept results of `npm run matrix`. */
export function withMatrixTable(readme: string): string {
  const { rows } = MatrixDocument.parse(JSON.parse(readFileSync(savedResults, "utf8")));
  return betweenMarks(readme, begin, end, matrixTable(rows));
}
