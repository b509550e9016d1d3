import { describe, expect, it } from "vitest";
import { ScanError } from "#contract/errors.ts";
import type { ReasonCode } from "#contract/reasons.ts";
import type { Task } from "#contract/task.ts";
import { waitSeconds } from "#functions/executor/come-back.ts";
import { nextStep } from "#functions/executor/next-step.ts";
import { expandTask, scanTask } from "#test/support/build.ts";

const mostReceives = 8; // of a task queue, as the stack sets it
const fault = (code: ReasonCode) => new ScanError(code, "in a test", code === "internal" ? { retryable: true } : {});

describe("the wait before a task comes back", () => {
  it("doubles from half a minute to a quarter of an hour", () => {
    const waits = [1, 2, 3, 4, 5, 6, 7].map((receive) => waitSeconds(scanTask(), receive, new Error("x"), () => 1));
    expect(waits).toEqual([30, 60, 120, 240, 480, 900, 900]);
  });

  it("does not begin anew with a message that was sent anew", () => {
    expect(waitSeconds(scanTask({ hop: 2 }), 1, new Error("x"), () => 1)).toBe(900);
  });

  it("is spread, so that tasks do not come back together", () => {
    expect(waitSeconds(scanTask(), 1, new Error("x"), () => 0)).toBe(15);
  });

  it("is never shorter than what the server asked for", () => {
    const slow = new ScanError("throttled", "slow", { retryAfterMs: 120_000 });
    expect(waitSeconds(scanTask(), 1, slow, () => 0)).toBe(120);
  });
});

/** All seconds that a task waits when every try fails, each as short as the jitter allows, and how many tries it has. */
function patience(sent: Task, error: ScanError): { readonly seconds: number; readonly tries: number } {
  let task = sent;
  let seconds = 0;
  let receive = 1;
  for (let tries = 1; ; tries += 1) {
    const step = nextStep(error, task, { receive, mostReceives }, 0);
    if (step === "never") return { seconds, tries };
    seconds += Math.min(
      900,
      waitSeconds(task, receive, error, () => 0),
    );
    if (step === "anew") task = { ...task, hop: task.hop + 1 };
    receive = step === "anew" ? 1 : receive + 1;
  }
}

describe("an outage of two hours", () => {
  const copies = [expandTask(), scanTask(), scanTask({ hop: 2 })];

  it.each(["dns", "tcp", "proxy", "timeout", "throttled", "connection-lost", "internal"] as const)(
    "outlasts no task, however the waits fall: %s",
    (code) => {
      for (const task of copies) expect(patience(task, fault(code)).seconds).toBeGreaterThan(2 * 60 * 60);
    },
  );

  it("costs each task fewer than fifty tries", () => {
    for (const task of copies) expect(patience(task, fault("tcp")).tries).toBeLessThan(50);
  });
});

describe("the next step", () => {
  const step = (code: ReasonCode, receive: number, lateBefore = 0) =>
    nextStep(fault(code), scanTask(), { receive, mostReceives }, lateBefore);

  it("keeps trouble of one target within the receives of its message", () => {
    expect([1, 6, 7, 8].map((receive) => step("restarted", receive))).toEqual(["again", "again", "again", "never"]);
  });

  it("leaves two receives in case that the sending fails", () => {
    expect([5, 6, 7, 8].map((receive) => step("tcp", receive))).toEqual(["again", "anew", "anew", "anew"]);
  });

  it("lets a deadline pass twice, and not on the last receive", () => {
    expect([step("deadline", 1, 0), step("deadline", 2, 1), step("deadline", 3, 2)]).toEqual([
      "again",
      "again",
      "never",
    ]);
    expect(step("deadline", 8)).toBe("never");
  });

  it("never tries again what will not be better", () => {
    expect(step("forbidden", 1)).toBe("never");
  });

  it("is the outcome where somebody is waiting, and a task has one try", () => {
    expect(nextStep(fault("tcp"), scanTask(), { receive: 1, mostReceives: 1 }, 0)).toBe("never");
  });
});
