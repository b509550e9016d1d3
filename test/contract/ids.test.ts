import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expandTaskIdOf, scanIdOf, scanTaskIdOf } from "#contract/ids.ts";
import { attemptFolder, outcomeKey } from "#contract/keys.ts";
import { scanTask, target } from "#test/support/build.ts";

describe("ids", () => {
  it("make one scan of one message delivered twice, and two of two", () => {
    expect(scanIdOf({}, "m1")).toBe(scanIdOf({}, "m1"));
    expect(scanIdOf({}, "m1")).not.toBe(scanIdOf({}, "m2"));
  });

  it("make one scan of one requestId, whatever message carries it", () => {
    expect(scanIdOf({ requestId: "nightly:1" }, "m1")).toBe(scanIdOf({ requestId: "nightly:1" }, "m2"));
    expect(scanIdOf({ requestId: "nightly:1" }, "m1")).not.toBe(scanIdOf({ requestId: "nightly:2" }, "m1"));
  });

  it("keep a requestId apart from a message id of the same text", () => {
    expect(scanIdOf({ requestId: "same" }, "other")).not.toBe(scanIdOf({}, "same"));
  });

  it("tell a pod from the one that takes its name, and one profile from another", () => {
    const one = scanTaskIdOf("s", target({ podUid: "u1" }), "d1");
    expect(scanTaskIdOf("s", target({ podUid: "u2" }), "d1")).not.toBe(one);
    expect(scanTaskIdOf("s", target({ podUid: "u1" }), "d2")).not.toBe(one);
    expect(scanTaskIdOf("s", target({ podUid: "u1", container: "other" }), "d1")).not.toBe(one);
  });

  it("do not depend on where one part ends and the next begins", () => {
    fc.assert(
      fc.property(fc.nat(99), fc.nat(99), (a, b) => {
        expect(expandTaskIdOf(`x${a}`, b) === expandTaskIdOf("x", Number(`${a}${b}`))).toBe(false);
      }),
    );
  });
});

describe("keys", () => {
  it("never let two replicas of one workload, scanned at one moment, meet", () => {
    const workload = { kind: "Deployment", name: "web" };
    const first = attemptFolder(scanTask({ target: target({ pod: "web-a", podUid: "u1", workload }) }), "1");
    const second = attemptFolder(scanTask({ target: target({ pod: "web-b", podUid: "u2", workload }) }), "1");
    expect(first).not.toBe(second);
    expect(first.slice(0, first.lastIndexOf("Z-"))).toBe(second.slice(0, second.lastIndexOf("Z-")));
  });

  it("never let two attempts at one task meet", () => {
    expect(attemptFolder(scanTask({}), "1")).not.toBe(attemptFolder(scanTask({}), "2"));
  });

  it("follow the design's list", () => {
    const task = scanTask({ requestedAt: "2026-11-24T03:00:00.000Z" });
    expect(attemptFolder(task, "01A")).toBe(
      `scans/v1/prod/shop/deployment.web/main/baseline/20261124T030000Z-${task.taskId.slice(0, 16)}/01A`,
    );
    const id = "ab".padEnd(32, "0");
    expect(outcomeKey("s", id)).toBe(`runs/v1/s/outcomes/ab/${id}.json`);
  });
});
