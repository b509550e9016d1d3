import type { Fault } from "#embedded/aws/faults.ts";
import { seeded } from "#test/support/seeded.ts";
import type { Death } from "./process.ts";

/** What happens to the scan of one container. */
export type Trouble = "none" | "no-shell" | "restarts-twice" | "late-once" | "kills";

/** Everything that goes wrong in one run; it follows from the seed alone. */
export interface RunPlan {
  readonly seed: number;
  readonly random: () => number;
  readonly pods: readonly { readonly name: string; readonly trouble: Trouble }[];
  /** Pods that the request names beside those, and that are not there. With none of them it names a namespace. */
  readonly gone: readonly string[];
  readonly faults: readonly Fault[];
  /** By the number of the invocation that it kills. */
  readonly deaths: ReadonlyMap<number, Death>;
  /** The cluster cannot be reached before so many milliseconds have passed. */
  readonly outageMs: number;
  /** `muster cancel` comes before this invocation. */
  readonly cancelAt: number | undefined;
  /** Whether clients try a failed call once more. */
  readonly patient: boolean;
  /** Invocations at once. */
  readonly atOnce: number;
}

const calls = [
  "PutObject",
  "GetObject",
  "ListObjectsV2",
  "SendMessageBatch",
  "ChangeMessageVisibility",
  "DeleteMessage",
] as const;
const codes = { S3: "SlowDown", SQS: "ThrottlingException" };

export function planRun(seed: number): RunPlan {
  const random = seeded(Math.imul(seed, 0x9e3779b1));
  const whole = (below: number) => Math.floor(random() * below);
  const chance = (one: number) => random() * one < 1;
  const troubles: readonly Trouble[] = ["no-shell", "restarts-twice", "late-once", "kills"];
  const pods = Array.from({ length: 1 + whole(6) }, (_, index) => ({
    name: `web-${index}`,
    trouble: chance(6) ? (troubles[whole(troubles.length)] ?? "none") : "none",
  }));
  const deaths = new Map<number, Death>();
  for (let left = whole(3); left > 0; left -= 1) {
    deaths.set(whole(3 + pods.length), { call: 1 + whole(9), worked: chance(2) });
  }
  return {
    ...{ seed, random, pods, deaths },
    faults: Array.from({ length: 1 + whole(4) }, () => fault(whole, chance)),
    outageMs: chance(8) ? 2 * 60 * 60 * 1000 : 0,
    cancelAt: chance(12) ? whole(6) : undefined,
    patient: chance(2),
    atOnce: 1 + whole(4),
    gone: chance(2) ? Array.from({ length: 1 + whole(5) }, (_, index) => `gone-${index}`) : [],
  };
}

function fault(whole: (below: number) => number, chance: (one: number) => boolean): Fault {
  const nth = 1 + whole(30);
  if (chance(5)) return { operation: "ReceiveMessage", nth, effect: "deliver-twice" };
  if (chance(5)) return { operation: "SendMessageBatch", nth: 1 + whole(4), effect: "fail-entry" };
  const operation = calls[whole(calls.length)] ?? "PutObject";
  if (chance(2)) return { operation, nth, effect: "lose-response" };
  const code = operation.includes("Object") ? codes.S3 : codes.SQS;
  return { operation, nth, times: 1 + whole(2), effect: "fail", statusCode: 503, code };
}
