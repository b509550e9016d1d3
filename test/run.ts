import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";

/**
 * Runs every test and closes with one line of counts: `N passed, N failed`, and `, N skipped` where there are any.
 * Arguments are handed to vitest.
 */
const report = new URL("../.muster/vitest.json", import.meta.url).pathname;
rmSync(report, { force: true });
const vitest = new URL("../node_modules/vitest/vitest.mjs", import.meta.url).pathname;
const options = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
const child = spawn(process.execPath, [vitest, ...options, ...process.argv.slice(2)], { stdio: "inherit" });
const [code] = await once(child, "exit");

interface Counts {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numFailedTestSuites: number;
}
let counts: Counts | undefined;
try {
  counts = JSON.parse(readFileSync(report, "utf8")) as Counts; // vitest's own reporter wrote it
} catch {
  process.stderr.write("vitest left no report\n");
}
const passed = counts?.numPassedTests ?? 0;
// A file that fails before its first test counts as one failure, or it would not count at all.
const failed = Math.max(counts?.numFailedTests ?? 0, code === 0 ? 0 : 1);
const skipped = (counts?.numPendingTests ?? 0) + (counts?.numTodoTests ?? 0);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}\n`);
