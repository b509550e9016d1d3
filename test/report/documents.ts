import { readFileSync } from "node:fs";
import type { ReportContext } from "#report/report.ts";
import { target } from "#test/support/build.ts";

/** A report that the auditor really wrote; checks' code and most of the backtraces are cut out. */
export function fixture(name: "container-baseline" | "mixed" | "waived" | "wrapper" | "odd-bytes"): Uint8Array {
  return readFileSync(new URL(`fixtures/${name}.json`, import.meta.url));
}

export type Fields = Readonly<Record<string, unknown>>;

/** A check as the auditor writes it. */
export function result(status: unknown, given: Fields = {}): Fields {
  return {
    status,
    code_desc: "File /x is expected to exist",
    run_time: 0.25,
    start_time: "2026-11-24T03:00:00Z",
    ...given,
  };
}

/** A control with nothing special about it. */
export function control(id: string, results: readonly Fields[], given: Fields = {}): Fields {
  return {
    id,
    title: `title of ${id}`,
    desc: "why",
    descriptions: [{ label: "fix", data: "how to fix" }],
    impact: 0.5,
    refs: [],
    tags: {},
    code: "",
    source_location: { ref: "controls/x.rb", line: 1 },
    waiver_data: {},
    results,
    ...given,
  };
}

export function profile(name: string, controls: readonly Fields[], given: Fields = {}): Fields {
  return {
    name,
    version: "1.0.0",
    sha256: "0",
    title: "A profile",
    supports: [],
    attributes: [],
    groups: [],
    controls,
    status: "loaded",
    ...given,
  };
}

export function documentOf(profiles: readonly Fields[], given: Fields = {}): Uint8Array {
  const platform = { name: "debian", release: "12.11", target_id: "t" };
  return bytesOf({ platform, profiles, statistics: { duration: 1 }, version: "5.24.24", ...given });
}

/** A document with one profile. */
export const hdfOf = (...controls: readonly Fields[]) => documentOf([profile("base", controls)]);

export const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

/** The context of a scan that ended on 24 November 2026. */
export function context(given: Partial<ReportContext> = {}): ReportContext {
  return {
    signed: true,
    scanId: "1".repeat(32),
    taskId: "2".repeat(32),
    attempt: "01JDEX5V6ZQ8Y1S2T3U4V5W6X7",
    folder:
      "scans/v1/prod/shop/deployment.web/main/baseline/20261124T030000Z-2222222222222222/01JDEX5V6ZQ8Y1S2T3U4V5W6X7",
    target: target({
      pod: "web-7d9c5b8f64-x2k9q",
      podUid: "0b6f6a52-5d1e-4d53-9a53-3f1b6f0f3c11",
      containerId: `containerd://${"3".repeat(64)}`,
      image: "registry.example.com/shop/web:2026.11.3",
    }),
    serverVersion: "v1.36.1",
    ...{ way: "shell", wayReasons: [], borrowed: [] },
    profile: { name: "baseline", digest: "d".repeat(64) },
    inputs: null,
    waivers: null,
    auditor: { name: "inspec-core", version: "5.24.24", older: false, exitCode: 100 },
    startedAt: "2026-11-24T03:00:05.120Z",
    finishedAt: "2026-11-24T03:00:12.480Z",
    transport: {
      commands: 412,
      ...{ sentAhead: 12, hit: 11, wasted: 1, rehearsals: 0 },
      blockingRoundTrips: 3,
      execStreams: 1,
      stalls: 0,
      bytesIn: 1_482_113,
      bytesOut: 38_204,
      inTargetMs: 1_920,
      auditorCpuMs: 4_310,
      wallMs: 7_360,
    },
    ...given,
  };
}
