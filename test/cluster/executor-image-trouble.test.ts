import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { readOutcomes } from "#ledger/outcomes.ts";
import { scanTask } from "#test/support/build.ts";
import { eventually, sharedCluster } from "#test/support/cluster.ts";
import {
  clusterId,
  type ImageDeployment,
  imageDeployment,
  type RunningImage,
  type Start,
} from "#test/support/image-executor.ts";
import { reaching } from "#test/support/reach.ts";
import { executorImage } from "../../infra/image/executor-image.ts";

let cluster: EmbeddedCluster;
let aws: ImageDeployment;
let image: string;
let running: RunningImage | undefined;

beforeAll(async () => {
  const built = await executorImage();
  image = built.name;
  cluster = await sharedCluster({ archives: [built.archive] });
  aws = await imageDeployment(cluster);
});
afterEach(() => running?.stop());
afterAll(() => aws?.close());

async function start(how: Omit<Start, "image"> = {}): Promise<RunningImage> {
  running = await aws.start({ image, ...how });
  return running;
}

/** A scan task for the busybox next door, whose profile is pinned as told. */
async function send(scanId: string, profile: { readonly name: string; readonly digest: string }): Promise<void> {
  const target = await reaching(cluster).targetOf("demo", "busybox-only", "busybox");
  await aws.send(
    scanTask({ scanId, profile, target: { ...target, cluster: clusterId }, requestedAt: new Date().toISOString() }),
  );
}

describe("the executor image", () => {
  it("runs as whatever user it is started as, as Lambda has one of its own", async () => {
    const profile = await aws.register("container-baseline");
    await start({ uid: 993 });
    await send("1".repeat(32), profile);
    expect(await aws.outcomeOf("1".repeat(32))).toMatchObject({ outcome: "scanned" });
  });

  it("says in the outcome that the profile is gone, and to register it again", async () => {
    await start();
    await send("2".repeat(32), { name: "gone", digest: "d".repeat(64) });
    const message = expect.stringMatching(/profiles\/gone@d+ is gone from the store; register it again/);
    expect(await aws.outcomeOf("2".repeat(32))).toMatchObject({ reason: "profile-unknown", message });
  });

  it("hands a task back when its temp folder is full, and says so", async () => {
    const profile = await aws.register("container-baseline");
    const full = await start({ tmpSize: "64Ki" });
    await send("3".repeat(32), profile);
    const line = await eventually("a word on the disk", () => /^.*no space left.*$/im.exec(full.log())?.[0]);
    expect(JSON.parse(line)).toMatchObject({ level: expect.stringMatching(/WARN|ERROR/) });
    expect(line).toContain("/tmp/muster");
    expect(await readOutcomes(aws.evidence, "3".repeat(32))).toEqual([]);
  });

  it("names every variable that is missing or wrong, in one message, before it asks for a task", async () => {
    const environment = { EVIDENCE_BUCKET: undefined, MOST_RECEIVES: "many", QUEUE_URL_BASE: "queues" };
    const { runtime } = await start({ environment });
    await expect(runtime.initialised).rejects.toThrow(
      /^environment: QUEUE_URL_BASE: .*; EVIDENCE_BUCKET: .*; MOST_RECEIVES: must be a whole number above 0/,
    );
  });

  it.each(["AWS_LAMBDA_RUNTIME_API", "_HANDLER"])("names %s when it is started without it", async (variable) => {
    const { log } = await start({ environment: { [variable]: undefined } });
    const line = await eventually("its last words", () => /^.*environment variable is not set.*$/m.exec(log())?.[0]);
    expect(line).toContain(variable);
  });
});
