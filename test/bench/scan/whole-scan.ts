import { randomBytes } from "node:crypto";
import * as z from "zod";
import { packProfile } from "#audit/archive.ts";
import { scanTaskIdOf } from "#contract/ids.ts";
import type { ObjectStore } from "#contract/objects.ts";
import { strictPolicy } from "#contract/policy.ts";
import type { Target } from "#contract/target.ts";
import type { Pinned, ScanTask } from "#contract/task.ts";
import { execute } from "#functions/executor/execute.ts";
import { type Material, materialFrom } from "#functions/executor/material.ts";
import { readOutcomes } from "#ledger/outcomes.ts";
import { registerContent } from "#ledger/registry.ts";
import { trusting } from "#signing/trust.ts";
import { memoryBuckets } from "#test/support/buckets.ts";
import { memorySigner } from "#test/support/signing.ts";
import type { Place } from "./place.ts";
import type { Measured } from "./profiles.ts";

const count = z.number().default(0);

/** What the scan's own summary says of its cost. */
const Costs = z.looseObject({
  commands: z.number(),
  blockingRoundTrips: z.number(),
  auditorCpuMs: z.number(),
  sentAhead: count,
  hit: count,
  wasted: count,
});

export interface WholeScan {
  /** From the task to the written outcome. */
  readonly wallMs: number;
  readonly hdf: Uint8Array;
  readonly costs: z.infer<typeof Costs>;
}

/** Both buckets and what is registered in them. Hints live here as well: a new one knows nothing. */
export interface Registered {
  readonly evidence: ObjectStore;
  readonly published: ObjectStore;
  readonly material: (task: ScanTask) => Promise<Material>;
  readonly pin: (profile: Measured) => Promise<{ readonly profile: Pinned; readonly inputs?: Pinned }>;
}

export async function newBuckets(place: Place): Promise<Registered> {
  const { evidence, published } = await memoryBuckets();
  const signer = memorySigner();
  return {
    ...{ evidence, published },
    material: materialFrom(published, trusting([signer]), place.folder()),
    async pin({ id, path, inputs }) {
      const profile = await registerContent(published, signer, {
        kind: "profiles",
        name: id,
        bytes: await packProfile(path),
      });
      if (inputs === undefined) return { profile };
      const bytes = new TextEncoder().encode(JSON.stringify(inputs));
      return { profile, inputs: await registerContent(published, signer, { kind: "inputs", name: id, bytes }) };
    },
  };
}

/**
 * One scan task through the executor, over a connection of its own, from the task to the outcome. Hints are taken from
 * the buckets and left there, as the executor does. Throws when the target was not scanned.
 */
export async function wholeScan(
  place: Place,
  buckets: Registered,
  profile: Measured,
  target: Target,
  rttMs: number,
): Promise<WholeScan> {
  const { evidence, published, material } = buckets;
  const task = taskFor(target, await buckets.pin(profile));
  const connection = place.connect(rttMs);
  const ports = {
    ...{ evidence, published, material },
    connect: async () => connection,
    auditor: async () => place.auditor,
    taskQueue: () => undefined,
    now: () => new Date(),
    attemptId: () => randomBytes(8).toString("hex"),
    onProgress: () => undefined,
  };
  try {
    const begun = performance.now();
    await execute(task, ports, { leftMs: 900_000, receive: 1, mostReceives: 1 });
    const wallMs = performance.now() - begun;
    return { wallMs, ...(await resultOf(evidence, task)) };
  } finally {
    connection.close();
  }
}

/** A scan whose hints the same buckets hold already: the first of two runs is thrown away. */
export async function taught(place: Place, profile: Measured, target: Target): Promise<Registered> {
  const buckets = await newBuckets(place);
  await wholeScan(place, buckets, profile, target, 0);
  return buckets;
}

function taskFor(target: Target, pinned: { readonly profile: Pinned; readonly inputs?: Pinned }): ScanTask {
  const scanId = randomBytes(16).toString("hex");
  return {
    ...{ schemaVersion: 1, kind: "scan", scanId, hop: 1, requestedAt: new Date().toISOString(), target, options: {} },
    taskId: scanTaskIdOf(scanId, target, pinned.profile.digest),
    policy: strictPolicy,
    ...pinned,
  };
}

async function resultOf(evidence: ObjectStore, { scanId }: ScanTask) {
  const [outcome] = await readOutcomes(evidence, scanId);
  if (outcome?.outcome !== "scanned" || outcome.key === null) {
    throw new Error(`the target was not scanned: ${outcome?.reason} ${outcome?.message}`);
  }
  const read = async (name: string) => {
    const found = await evidence.read(`${outcome.key}/${name}`);
    if (found === undefined) throw new Error(`the report has no ${name}`);
    return found.bytes;
  };
  const summary = z
    .looseObject({ transport: Costs })
    .parse(JSON.parse(Buffer.from(await read("summary.json")).toString()));
  return { hdf: await read("hdf.json"), costs: summary.transport };
}
