import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildReport } from "#report/report.ts";
import { context, fixture } from "#test/report/documents.ts";

const main = new URL("../../cli/main.ts", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "muster-report-"));
const show = (...words: readonly string[]) =>
  spawnSync(process.execPath, [main, "report", "show", ...words], { encoding: "utf8", cwd: folder });

beforeAll(() => {
  const { files } = buildReport(fixture("mixed"), context());
  for (const place of ["one/attempt", "two/attempt"]) {
    mkdirSync(join(folder, place), { recursive: true });
    for (const { name, bytes } of files) writeFileSync(join(folder, place, name), bytes);
  }
  mkdirSync(join(folder, "empty"));
  writeFileSync(join(folder, "not.json"), "{");
  writeFileSync(join(folder, "other.json"), '{"schemaVersion":1}');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("muster report show", () => {
  test("says in two lines what a report found and what it cost", () => {
    const { status, stdout } = show("one/attempt/summary.json");
    const [found, cost, ...rest] = stdout.trimEnd().split("\n");
    expect(status).toBe(0);
    expect(found).toMatch(/web-7d9c5b8f64-x2k9q\/\S+ {2}baseline {2}by shell: \d+ passed, \d+ failed, .* %$/);
    expect(cost).toBe(
      "  412 commands, 12 sent ahead (11 hit, 1 wasted), 3 waits for the network, 1 exec stream, " +
        "1482113 bytes in, 38204 out, 1920 ms in the target, 4310 ms auditor CPU, 7360 ms wall",
    );
    expect(rest).toEqual([]);
  });

  test("finds every report below a folder, and gives them as one document", () => {
    const { status, stdout } = show(".", "--json");
    expect(status).toBe(0);
    expect(JSON.parse(stdout).reports).toHaveLength(2);
  });

  test.each([
    ["nowhere", "there is no nowhere"],
    ["empty", "empty holds no summary.json"],
    ["not.json", "is not JSON"],
    ["other.json", "scanId"],
  ])("%s is one clear message and exit code 2", (place, words) => {
    const { status, stderr, stdout } = show(place);
    expect(status).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain(words);
    expect(stderr.split("\n")).toHaveLength(2);
  });
});
