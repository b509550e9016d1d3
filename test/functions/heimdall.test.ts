import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ScanError } from "#contract/errors.ts";
import { outcomesPrefix } from "#contract/keys.ts";
import type { ObjectStore } from "#contract/objects.ts";
import { push } from "#functions/heimdall/push.ts";
import { heimdallServer } from "#functions/heimdall/server.ts";
import { writeOutcome } from "#ledger/outcomes.ts";
import { unscanned } from "#ledger/unscanned.ts";
import { scanned } from "#test/faults/cloud/stand-in.ts";
import { memoryBuckets } from "#test/support/buckets.ts";
import { scanTask } from "#test/support/build.ts";
import { type HeimdallDouble, heimdallDouble } from "#test/support/heimdall-double.ts";

const now = () => new Date("2026-11-24T03:05:00Z");
const task = scanTask();
const hdf = '{"profiles":[],"platform":{"name":"debian","release":"12"}}\n';
let heimdall: HeimdallDouble;
let evidence: ObjectStore;
let key: string;

beforeEach(async () => {
  heimdall = await heimdallDouble();
  ({ evidence } = await memoryBuckets());
  key = "right";
});
afterEach(() => heimdall.close());

/** Ends the task, and gives the key of its outcome. */
async function ended(outcome = scanned(task, now())): Promise<string> {
  if (outcome.key !== null) {
    await evidence.create(`${outcome.key}/hdf.json`, Buffer.from(hdf), { contentType: "application/json" });
  }
  await writeOutcome(evidence, outcome, now);
  const [written = ""] = await evidence.list(outcomesPrefix(task.scanId));
  return written;
}

/** The secret as it was five minutes ago, and, asked for fresh, as it is. */
function handOn(outcomeKey: string, cached = key) {
  const secret = async (_name: string, fresh: boolean) => `${fresh ? key : cached}\n`;
  const server = heimdallServer({ url: heimdall.url, isPublic: false, keySecret: "muster-main/heimdall", secret });
  return push(outcomeKey, { evidence, heimdall: server, tags: ["nightly"] });
}

describe("a report that is handed to Heimdall", () => {
  it("arrives as it is, under a name that tells what it is of", async () => {
    const filename = `prod_shop_web-abc_main_baseline_${task.taskId.slice(0, 16)}.json`;
    expect(await handOn(await ended())).toBe(filename);
    expect(heimdall.uploads).toEqual([
      { filename, public: "false", tags: "muster,prod,shop,baseline,nightly", data: hdf },
    ]);
  });

  it("goes with the new key when the old one is refused", async () => {
    const outcome = await ended();
    await handOn(outcome, "old");
    expect(heimdall.uploads).toHaveLength(1);
  });

  it("comes back when Heimdall has trouble", async () => {
    heimdall.answers.push(503);
    await expect(handOn(await ended())).rejects.toMatchObject({
      retryable: true,
      message: expect.stringContaining("503"),
    });
  });

  it("comes back when Heimdall is not there", async () => {
    const outcome = await ended();
    await heimdall.close();
    await expect(handOn(outcome)).rejects.toMatchObject({ retryable: true });
    heimdall = await heimdallDouble();
  });

  it("is never told with the key in it, whatever Heimdall answers", async () => {
    key = "wrong-canary";
    const outcome = await ended();
    const error: unknown = await handOn(outcome).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ScanError);
    expect(`${(error as ScanError).message}${(error as ScanError).stack}`).not.toContain("canary");
    expect(heimdall.asked).toBe(2);
  });
});

describe("what has no report is left alone", () => {
  it("a target that was not scanned", async () => {
    expect(await handOn(await ended(unscanned(task, new ScanError("no-shell", "none"), now)))).toBeUndefined();
    expect(heimdall.asked).toBe(0);
  });

  it("another object of the books", async () => {
    expect(await handOn(`runs/v1/${task.scanId}/complete.json`)).toBeUndefined();
  });
});
