import { setTimeout as sleep } from "node:timers/promises";
import { Answers } from "#audit/answers.ts";
import type { Auditor } from "#audit/auditor.ts";
import type { Audited, AuditJob, ProgressEvent } from "#audit/job.ts";
import type { Connection } from "#cluster/connection.ts";
import { serverVersion } from "#cluster/pods.ts";
import { abortError, ScanError } from "#contract/errors.ts";
import { attemptFolder } from "#contract/keys.ts";
import type { ObjectStore } from "#contract/objects.ts";
import type { Outcome } from "#contract/outcome.ts";
import type { ReasonCode } from "#contract/reasons.ts";
import type { Shell } from "#contract/shell.ts";
import type { Signer } from "#contract/signing.ts";
import { type Target, targetName } from "#contract/target.ts";
import type { ScanTask } from "#contract/task.ts";
import { attested } from "#report/attestation.ts";
import { buildReport, type Report } from "#report/report.ts";
import { containerFacts, containerInput } from "./container-facts.ts";
import { credentialFor } from "./credential.ts";
import { type Entry, enter } from "./enter.ts";
import { expect, keep, keepUnfinished } from "./expectations.ts";
import { guardTarget } from "./guard.ts";
import type { Images } from "./images.ts";
import { LastLook } from "./last-look.ts";
import { type Located, stillThere } from "./locate.ts";
import type { Material } from "./material.ts";
import { publish } from "./publish.ts";

export interface ScanPorts {
  readonly evidence: ObjectStore;
  readonly published: ObjectStore;
  readonly connect: (cluster: string) => Promise<Connection>;
  readonly auditor: () => Promise<Auditor>;
  /** Profile, inputs and waivers of a task, unpacked on this machine. */
  readonly material: (task: ScanTask) => Promise<Material>;
  readonly now: () => Date;
  /** Signs reports. Without it they are not signed, and say so. */
  readonly signer?: Signer;
  /** A name for this attempt that no other attempt has. */
  readonly attemptId: () => string;
  /** Default: images are nowhere to be had. */
  readonly images?: Images;
  readonly onProgress: (task: ScanTask, event: ProgressEvent) => void;
  /** Told of each report that was published. */
  readonly onReport?: (summary: Report["summary"]) => void;
}

/**
 * Locate, reach, audit, report, publish: one profile against one container. Gives the outcome of a target that was
 * scanned; every other end is a ScanError. Nothing of it counts until the outcome is written.
 */
export async function scan(task: ScanTask, ports: ScanPorts, deadlineMs: number, outer: AbortSignal): Promise<Outcome> {
  const startedAt = ports.now();
  const material = await ports.material(task);
  const [executor, ahead] = await Promise.all([
    ports.connect(task.target.cluster),
    expect(ports.published, task, material),
  ]);
  const { connection, release } = await credentialFor(task, executor, deadlineMs, outer);
  const guard = guardTarget(connection, outer);
  const { signal } = guard;
  const version = serverVersion(connection, signal);
  version.catch(() => undefined); // its error is told where it is awaited
  const lastLook = new LastLook(async () => stillThere(connection, (await entry.located).target, signal));
  const windows = task.target.os === "windows";
  const answers = new Answers({ ahead, windows, onTraffic: (unanswered) => lastLook.hear(unanswered) });
  const { policy } = task;
  const entry = enter(connection, task.target, { answers, policy, images: ports.images, signal });
  entry.located.then(({ target }) => guard.watch(target)).catch(() => undefined);
  try {
    const auditor = await ports.auditor();
    const inputs = task.options.containerFacts ? await factsOf(entry) : {};
    const asking = { shell: entry.shell, answers, inputs };
    const audited = await judge(task, ports, auditor, material, asking, deadlineMs, signal);
    const [{ target }, { way, reasons, borrowed }] = await Promise.all([entry.located, entry.shell]);
    await lastLook.done();
    const attempt = ports.attemptId();
    const unsigned = buildReport(audited.hdf, {
      scanId: task.scanId,
      taskId: task.taskId,
      attempt,
      folder: attemptFolder(task, attempt),
      target,
      serverVersion: await version,
      ...{ way, wayReasons: reasons, borrowed: [...borrowed].sort() },
      profile: task.profile,
      inputs: task.inputs ?? null,
      waivers: task.waivers ?? null,
      auditor: { ...auditor.engine, older: audited.older, exitCode: audited.exitCode },
      signed: ports.signer !== undefined,
      ...(task.options.presentAsContainer && { presentedAsContainer: true }),
      ...(task.options.containerFacts && { containerFacts: true }),
      startedAt: startedAt.toISOString(),
      finishedAt: ports.now().toISOString(),
      transport: { ...audited.counters, ...(await entry.cost()) },
    });
    const report = ports.signer === undefined ? unsigned : await attested(unsigned, ports.signer);
    const { platform } = report.summary;
    const kept = keep(ports.published, task, { asked: answers.asked, platform, way });
    await publish(ports.evidence, attemptFolder(task, attempt), report);
    await kept.catch(() => undefined); // hints only save time
    ports.onReport?.(report.summary);
    return outcomeOf(task, target, report, ports.now());
  } catch (error) {
    if (outOfTime(error)) await keepUnfinished(ports.published, task, answers.asked).catch(() => undefined);
    throw await explained(error, connection, entry.located, signal);
  } finally {
    lastLook.release();
    guard.release();
    await entry.close();
    await release();
  }
}

async function factsOf({ located }: Entry): Promise<Record<string, unknown>> {
  const { target, pod } = await located;
  return { [containerInput]: containerFacts(target, pod) };
}

const outOfTime = (error: unknown) => error instanceof ScanError && error.code === "deadline";

function judge(
  task: ScanTask,
  ports: ScanPorts,
  auditor: Auditor,
  material: Material,
  asking: Required<Pick<AuditJob, "answers" | "inputs">> & { readonly shell: Promise<Shell> },
  deadlineMs: number,
  signal: AbortSignal,
): Promise<Audited> {
  const { target, options } = task;
  return auditor.audit({
    ...asking,
    profile: material.profile,
    os: target.os,
    identity: { uri: `muster://${targetName(target)}`, uniqueId: `${target.podUid}/${target.container}` },
    ...(material.inputFile !== undefined && { inputFile: material.inputFile }),
    ...(material.waivers && { waivers: material.waivers }),
    passthrough: { muster: { schema_version: 1, scan_id: task.scanId, task_id: task.taskId, target } },
    olderAuditor: options.olderAuditor ?? false,
    presentAsContainer: options.presentAsContainer ?? false,
    deadlineMs,
    signal,
    onProgress: (event) => ports.onProgress(task, event),
  });
}

/** A dead container is seen by its stream at once, and by the API only when its node has said so. */
const statusLagMs = [0, 250, 500, 1000, 2000, 4000];

/** What a stream into a container ends with that is going away, and how long a node may take to say so. */
const lagsMs: Partial<Record<ReasonCode, readonly number[]>> = {
  "connection-lost": statusLagMs,
  "exec-refused": statusLagMs.slice(0, 3),
};

/** A stream that broke may have broken because its container is gone: then that is the reason, and not the stream. */
async function explained(
  error: unknown,
  connection: Connection,
  located: Promise<Located>,
  signal: AbortSignal,
): Promise<unknown> {
  if (!(error instanceof ScanError)) return error;
  if (error.code === "unauthenticated" && (await isFulfilled(located))) {
    const text = `${error.message}; they were accepted when the scan began`;
    return new ScanError("credentials-expired", text, { cause: error });
  }
  const lags = lagsMs[error.code];
  if (lags === undefined) return error;
  const began = (await located.catch(() => undefined))?.target;
  if (began === undefined) return error;
  for (const waitMs of lags) {
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return abortError(signal, "the scan");
    const deeper = await stillThere(connection, began, signal).catch((thrown: unknown) => thrown);
    if (deeper instanceof ScanError && ["restarted", "replaced"].includes(deeper.code)) return deeper;
  }
  return error;
}

const isFulfilled = (promise: Promise<unknown>) =>
  promise.then(
    () => true,
    () => false,
  );

function outcomeOf(task: ScanTask, target: Target, report: Report, now: Date): Outcome {
  const { summary } = report;
  return {
    schemaVersion: 1,
    scanId: task.scanId,
    taskId: task.taskId,
    kind: "scan",
    outcome: "scanned",
    reason: null,
    message: "",
    subject: targetName(target),
    target,
    profile: task.profile,
    way: summary.way,
    counts: summary.counts,
    compliance: summary.compliance,
    key: attemptFolder(task, summary.attempt),
    finishedAt: now.toISOString(),
  };
}
