import { describe, expect, it } from "vitest";
import type { Diagnosis } from "#cluster/doctor/doctor.ts";
import { connectByRecord } from "#cluster/record-connection.ts";
import { ScanError } from "#contract/errors.ts";
import type { ReasonCode } from "#contract/reasons.ts";
import { createCertificates } from "#embedded/cluster/api/certificates.ts";
import { executorsDoctor, sparing } from "#functions/executor/doctor.ts";
import { examined } from "#functions/executor/examined.ts";
import { scanTask, target } from "#test/support/build.ts";

const now = () => new Date("2026-11-24T03:05:00Z");
const task = scanTask();

const { ca } = await createCertificates();
const caData = Buffer.from(ca).toString("base64");
/** Nothing listens on port 1 of the loopback address. */
const nowhere = { schemaVersion: 1, kind: "token", server: "https://127.0.0.1:1", caData, token: "t" } as const;
const connect = (cluster: string) =>
  connectByRecord(cluster, { record: async () => nowhere, mint: async () => "unused" });

const wayIsOpen = {
  ...{ fault: null, warnings: ["the certificate of the server ends in 3 days"], healthy: true },
  hops: [
    { hop: "dns", state: "passed", elapsedMs: 1 },
    { hop: "authorisation", state: "passed", elapsedMs: 4 },
    { hop: "exec", state: "not-tried", elapsedMs: 0 },
  ],
} as unknown as Diagnosis; // as much of it as is told

describe("a failure on the way to a container", () => {
  it("tells the hop at which the doctor stops, the seconds, and what to change", async () => {
    const error = await examined(new ScanError("tcp", "no way"), task, executorsDoctor({ connect, now }));
    expect(error.code).toBe("tcp");
    expect(error.message).toMatch(
      /^no way; doctor: tcp fails after \d+\.\d s: 127\.0\.0\.1 port 1: .*\. Correct host and port/,
    );
  });

  it("tells where the way is open again, with the doctor's warnings", async () => {
    const error = await examined(new ScanError("timeout", "late"), task, async () => wayIsOpen);
    expect(error.message).toBe(
      "late; doctor: the way is open now, up to authorisation; warning: the certificate of the server ends in 3 days",
    );
  });

  it("keeps its code, its cause, and whether and when to try again", async () => {
    const before = new ScanError("timeout", "late", { retryable: false, retryAfterMs: 7_000 });
    const { code, retryable, retryAfterMs, cause } = await examined(before, task, async () => wayIsOpen);
    expect({ code, retryable, retryAfterMs }).toEqual({ code: "timeout", retryable: false, retryAfterMs: 7_000 });
    expect(cause).toBe(before);
  });

  it.each<ReasonCode>(["not-running", "profile-invalid", "deadline", "no-shell"])(
    "is not walked after when it is %s, which has its cause elsewhere",
    async (code) => {
      const before = new ScanError(code, "as it is");
      expect(await examined(before, task, () => Promise.reject(new Error("asked")))).toBe(before);
    },
  );

  it.each<ReasonCode>(["forbidden", "unauthenticated"])(
    "is told as it is when it is %s on an open way",
    async (code) => {
      const before = new ScanError(code, "patch is refused");
      expect(await examined(before, task, async () => wayIsOpen)).toBe(before);
    },
  );

  it("is told as it is where the doctor cannot look either", async () => {
    const before = new ScanError("tcp", "no way");
    expect(await examined(before, task, () => Promise.reject(new Error("no record")))).toBe(before);
  });
});

describe("a sparing doctor", () => {
  it("looks once a minute at each namespace of each cluster", async () => {
    let looks = 0;
    let at = now().getTime();
    const doctor = sparing(
      async () => {
        looks += 1;
        return wayIsOpen;
      },
      () => new Date(at),
    );
    await Promise.all([doctor(task), doctor(task)]);
    expect(looks).toBe(1);
    await doctor(scanTask({ target: target({ namespace: "other" }) }));
    expect(looks).toBe(2);
    at += 60_000;
    await doctor(task);
    expect(looks).toBe(3);
  });

  it("looks again at once when it could not look", async () => {
    let looks = 0;
    const doctor = sparing(() => {
      looks += 1;
      return Promise.reject(new Error("no record"));
    }, now);
    await expect(doctor(task)).rejects.toThrow("no record");
    await expect(doctor(task)).rejects.toThrow("no record");
    expect(looks).toBe(2);
  });
});
