import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it, vi } from "vitest";
import { telemetryTo } from "#embedded/telemetry.ts";
import { countOutcome, countRoundTrips } from "#functions/executor/count.ts";
import { patience } from "#test/support/patience.ts";

const folder = mkdtempSync(join(tmpdir(), "muster-"));
const file = join(folder, "functions.log");
const { metrics } = telemetryTo(file);
afterAll(() => rmSync(folder, { recursive: true }));

/** The line that holds this metric, in the file where a laptop keeps what Lambda prints. */
const told = (metric: string) =>
  vi.waitFor(() => {
    const lines = readFileSync(file, "utf8").trim().split("\n");
    const found = lines.map((line) => JSON.parse(line)).find((line) => metric in line);
    expect(found).toBeDefined();
    return found;
  }, patience);

it("an outcome counts for its cluster", async () => {
  countOutcome(metrics, "prod", { outcome: "unscannable" });
  expect(await told("TargetsByCluster")).toMatchObject({
    cluster: "prod",
    outcome: "unscannable",
    TargetsByCluster: 1,
  });
});

it("a scan's round trips count for its cluster", async () => {
  countRoundTrips(metrics, { target: { cluster: "prod" }, transport: { blockingRoundTrips: 2 } });
  expect(await told("RoundTripsPerScan")).toMatchObject({ cluster: "prod", service: "muster", RoundTripsPerScan: 2 });
});
