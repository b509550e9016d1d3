import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { s3Objects } from "#aws/objects.ts";
import { scanIdOf } from "#contract/ids.ts";
import { completeKey, outcomesPrefix, planKey } from "#contract/keys.ts";
import type { ObjectStore } from "#contract/objects.ts";
import type { Outcome } from "#contract/outcome.ts";
import { Complete } from "#contract/run.ts";
import { cancelScan } from "#ledger/cancel.ts";
import { readDocument } from "#ledger/documents.ts";
import { readOutcomes } from "#ledger/outcomes.ts";
import { registerContent } from "#ledger/registry.ts";
import { memorySigner } from "#test/support/signing.ts";
import type { Place } from "./place.ts";
import { planRun, type RunPlan, type Trouble } from "./plan.ts";
import { World } from "./world.ts";

const signer = memorySigner();

/** How each kind of trouble must end, when nobody cancels: no fault of the machinery may show in an outcome. */
const ends: Readonly<Record<Trouble, string>> = {
  none: "scanned",
  "no-shell": "no-shell",
  "restarts-twice": "scanned",
  "late-once": "scanned",
  kills: "retries-exhausted",
};

/** One scan through all queues and functions with the faults that the seed chose. Gives what was wrong at its end. */
export async function oneRun(seed: number, place: Place): Promise<readonly string[]> {
  const plan = planRun(seed);
  const namespace = `run-${seed}`;
  place.setPods(
    namespace,
    plan.pods.map(({ name }) => name),
  );
  const world = new World(plan, place.connection);
  await world.open();
  const evidence = s3Objects(world.calm.s3, "evidence");
  const profile = { kind: "profiles", name: "baseline", bytes: new Uint8Array([1]) } as const;
  await registerContent(s3Objects(world.calm.s3, "published"), signer, profile);
  const requestId = `seed-${seed}`;
  const scanId = scanIdOf({ requestId }, "");
  const request = {
    schemaVersion: 1,
    requestId,
    profile: "baseline",
    targets: [
      {
        ...{ cluster: "prod", namespaces: [namespace] },
        ...(plan.gone.length > 0 && { pods: [...plan.pods.map(({ name }) => name), ...plan.gone] }),
      },
    ],
  };
  const send = new SendMessageCommand({ QueueUrl: world.requestsUrl, MessageBody: JSON.stringify(request) });
  await world.calm.sqs.send(send);
  const takeAway = plan.faults.map((fault) => world.cloud.fault(fault));
  let cancelled = false;
  await world.runDry(async (invocation) => {
    if (cancelled || plan.cancelAt === undefined || invocation < plan.cancelAt) return;
    if ((await evidence.read(planKey(scanId)).catch(() => undefined)) === undefined) return;
    cancelled =
      (await cancelScan(evidence, scanId, () => new Date(world.clock.now())).catch(() => "failed")) !== "complete";
  });
  for (const away of takeAway) away();
  await world.cloud.notificationsSettled();
  return judge({ plan, world, evidence, scanId, cancelled });
}

/** Two deaths and the mark of an orderly end that S3 did not take look like three deaths: docs/decisions/0024. */
const looksLikeThreeDeaths = ({ deaths, faults }: RunPlan) =>
  deaths.size >= 2 && faults.some(({ operation, effect }) => operation === "PutObject" && effect === "fail");

interface Ended {
  readonly plan: RunPlan;
  readonly world: World;
  readonly evidence: ObjectStore;
  readonly scanId: string;
  readonly cancelled: boolean;
}

async function judge({ plan, world, evidence, scanId, cancelled }: Ended): Promise<readonly string[]> {
  const wrong: string[] = [];
  const complete = await readDocument(evidence, completeKey(scanId), Complete);
  const outcomes = await readOutcomes(evidence, scanId);
  if (complete === undefined) wrong.push("complete.json is missing");
  const once = [...world.writes].filter(
    ([key]) => key === completeKey(scanId) || key.startsWith(outcomesPrefix(scanId)),
  );
  for (const [key, times] of once) if (times !== 1) wrong.push(`${key} was written ${times} times`);
  const isGone = ({ subject }: Outcome) => plan.gone.some((pod) => subject.endsWith(`/${pod}`));
  const expandEnded = outcomes.filter((outcome) => outcome.kind === "expand" && !isGone(outcome));
  const tolerated = (word: string) =>
    (cancelled && word === "cancelled") || (looksLikeThreeDeaths(plan) && word === "retries-exhausted");
  if (expandEnded.some(({ reason }) => !tolerated(String(reason))))
    wrong.push(`the expand task ended as ${expandEnded[0]?.reason}`);
  if (expandEnded.length === 0) {
    for (const { name, trouble } of plan.pods) {
      const own = outcomes.filter(({ target }) => target?.pod === name);
      if (own.length !== 1) wrong.push(`${name} (${trouble}) has ${own.length} outcomes`);
      const words = own.map(({ outcome, reason }) => reason ?? outcome);
      const right = (word: string) => word === ends[trouble] || tolerated(word);
      if (!words.every(right)) wrong.push(`${name} (${trouble}) ended as ${words}`);
    }
    const reasons = outcomes.filter(isGone).map(({ reason }) => String(reason));
    if (reasons.some((reason) => reason !== "nothing-matched")) wrong.push(`pods that are gone ended as ${reasons}`);
    const named = plan.pods.length + plan.gone.length;
    if (outcomes.length !== named) wrong.push(`${outcomes.length} outcomes for ${named} pods`);
  }
  const counted =
    complete && Object.values({ ...complete.tally, reasons: 0 }).reduce((sum, each) => sum + Number(each), 0);
  if (complete && (complete.targets !== outcomes.length || counted !== outcomes.length)) {
    wrong.push(`complete.json counts ${complete.targets} targets and ${counted} ends of ${outcomes.length}`);
  }
  for (const kind of ["scanned", "unscannable", "failed"] as const) {
    const are = outcomes.filter(({ outcome }) => outcome === kind).length;
    if (complete && complete.tally[kind] !== are)
      wrong.push(`complete.json counts ${complete.tally[kind]} ${kind} of ${are}`);
  }
  return wrong;
}
