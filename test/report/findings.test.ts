import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Finding } from "#contract/finding.ts";
import { findingId, findingsFile, findingsOf } from "#report/findings.ts";
import { readHdf } from "#report/hdf.ts";
import { judge } from "#report/judged.ts";
import { cut } from "#report/message.ts";
import { target } from "#test/support/build.ts";
import { context, control, fixture, hdfOf, result } from "./documents.ts";

function rows(bytes: Uint8Array) {
  const hdf = readHdf(bytes);
  return findingsOf(judge(hdf.controls, context().finishedAt), hdf, context());
}
const messageOfOnly = (...args: Parameters<typeof control>) => rows(hdfOf(control(...args)))[0]?.message;

describe("findings", () => {
  it.each(["container-baseline", "mixed", "waived", "wrapper", "odd-bytes"] as const)(
    "of %s keep to the contract",
    (name) => {
      expect(rows(fixture(name)).flatMap((row) => Finding.safeParse(row).error?.issues ?? [])).toEqual([]);
    },
  );

  it("are one line of JSON a control under gzip", () => {
    const found = rows(fixture("mixed"));
    const lines = gunzipSync(findingsFile(found)).toString().trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(found);
  });

  it("have equal bytes for equal rows, and no time or system in the gzip header", () => {
    expect([...findingsFile(rows(fixture("mixed"))).subarray(0, 10)]).toEqual([31, 139, 8, 0, 0, 0, 0, 0, 2, 255]);
  });

  it("sum up the checks", () => {
    const [row] = rows(hdfOf(control("c", [result("passed"), result("failed"), result("failed")])));
    expect(row).toMatchObject({ results_total: 3, results_failed: 2, run_time_s: 0.75 });
  });
});

describe("a finding's message", () => {
  const [one, two] = [result("failed", { message: "first" }), result("failed", { message: "second" })];

  it("is that of every failed check, each said once", () => {
    expect(messageOfOnly("c", [one, result("passed", { message: "fine" }), two, one])).toBe("first\nsecond");
  });

  it("is the justification of a waiver", () => {
    const waiver_data = { skipped_due_to_waiver: true, justification: "ticket 7" };
    expect(messageOfOnly("c", [result("skipped", { skip_message: "x" })], { waiver_data })).toBe("Waived: ticket 7");
  });

  it("is why a check was skipped", () => {
    expect(messageOfOnly("c", [result("skipped", { skip_message: "no shell" })])).toBe("no shell");
  });

  it("says that no test ran", () => {
    expect(messageOfOnly("c", [])).toBe("No test ran: the control has no results.");
  });

  it("is cut at 1,024 characters", () => {
    expect(messageOfOnly("c", [result("failed", { message: "x".repeat(5_000) })])).toHaveLength(1_024);
  });

  it("is never cut within a code point", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), fc.integer({ min: 1, max: 40 }), (text, limit) => {
        const short = cut(text, limit);
        expect([short.isWellFormed(), short.length <= limit]).toEqual([true, true]);
      }),
    );
  });
});

describe("a finding's id", () => {
  const id = (given: Parameters<typeof target>[0]) => findingId(target(given), "baseline", "c-1");

  it("stays when the pod, its container id and its node change", () => {
    expect(id({ pod: "web-new", podUid: "uid-2", containerId: "containerd://9", node: "node-9" })).toBe(id({}));
  });

  it.each([{ cluster: "b" }, { namespace: "b" }, { container: "b" }, { workload: { kind: "DaemonSet", name: "web" } }])(
    "differs for another %j",
    (given) => {
      expect(id(given)).not.toBe(id({}));
    },
  );
});
