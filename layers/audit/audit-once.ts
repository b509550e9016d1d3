import { realpath, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { abortError, asScanError, ScanError } from "#contract/errors.ts";
import { answerFromShell } from "./answer.ts";
import { type Broker, openBroker } from "./broker.ts";
import type { Audited, AuditJob } from "./job.ts";
import { type LastWords, listenForLastWords } from "./last-words.ts";
import { makeScanFolder, readReport, type ScanFolder } from "./scan-folder.ts";
import { verdictOf } from "./verdict.ts";
import type { Fork, WarmParent } from "./warm-parent.ts";

/** How long a killed child may take to be gone before the audit goes on without it. */
const burialMs = 5_000;

export interface Surroundings {
  readonly home: string;
  readonly warm: () => Promise<WarmParent>;
  readonly log: (line: string) => void;
  /** The auditor is being closed. */
  readonly closing: AbortSignal;
}

/** Runs one job from its folder to its report. Throws a ScanError; leaves no process, socket or file behind. */
export async function auditOnce(job: AuditJob, { home, warm, log, closing }: Surroundings): Promise<Audited> {
  const startedAt = performance.now();
  const stop = stopFor(job, closing);
  const counters = { commands: 0, blockingRoundTrips: 0, inTargetMs: 0 };
  let folder: ScanFolder | undefined;
  let broker: Broker | undefined;
  let lastWords: LastWords | undefined;
  let fork: Fork | undefined;
  try {
    const shell = Promise.resolve(job.shell);
    shell.catch((thrown: unknown) => stop.now(asScanError(thrown)));
    const profile = await profilePath(job.profile);
    folder = await makeScanFolder(home, log);
    lastWords = await listenForLastWords(join(folder.path, "e"));
    broker = await openBroker({
      path: join(folder.path, "b"),
      answer: answerFromShell(shell, counters),
      onProgress: job.onProgress ?? (() => {}),
      onTrouble: stop.now,
    });
    const parent = await Promise.race([warm(), stop.stopped]);
    fork = parent.fork(folder.id, orderFor(job, profile, folder.path));
    const ended = await Promise.race([fork.ended, stop.stopped]);
    const outcome = await Promise.race([broker.finish(), stop.stopped]);
    const verdict = verdictOf({ ended, outcome, lastWords: lastWords.text() });
    const hdf = await readReport(folder.path);
    const wallMs = Math.round(performance.now() - startedAt);
    const inTargetMs = Math.round(counters.inTargetMs);
    return { hdf, ...verdict, counters: { ...counters, inTargetMs, auditorCpuMs: ended.cpuMs, wallMs } };
  } catch (thrown) {
    if (fork) await bury(fork);
    throw asScanError(thrown);
  } finally {
    stop.release();
    broker?.close();
    lastWords?.close();
    await folder?.remove();
  }
}

/** The one place that ends an audit from outside: deadline, signal, or trouble on the way to the target. */
function stopFor({ deadlineMs, signal: jobs }: AuditJob, closing: AbortSignal) {
  const signal = jobs === undefined ? closing : AbortSignal.any([jobs, closing]);
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {}); // an audit that went well never looks
  const now = (error: ScanError) => reject(error);
  const cancel = () => now(abortError(signal, "the audit"));
  const late = () => now(new ScanError("deadline", `the audit did not end within ${deadlineMs} ms`));
  const timer = setTimeout(late, deadlineMs);
  if (signal.aborted) cancel();
  signal.addEventListener("abort", cancel, { once: true });
  return {
    stopped: promise,
    now,
    release() {
      clearTimeout(timer);
      signal.removeEventListener("abort", cancel);
    },
  };
}

async function bury(fork: Fork): Promise<void> {
  fork.kill();
  const { promise, resolve: enough } = Promise.withResolvers<void>();
  const timer = setTimeout(enough, burialMs);
  await Promise.race([fork.ended.catch(() => undefined), promise]);
  clearTimeout(timer);
}

async function profilePath(path: string): Promise<string> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new ScanError("profile-unknown", `there is no profile at ${path}`, { cause });
  });
  if (!found.isDirectory() && !/\.(tar\.gz|tgz)$/.test(path)) {
    throw new ScanError("profile-invalid", `${path} is neither a folder nor a .tar.gz`);
  }
  return realpath(path);
}

function orderFor(job: AuditJob, profile: string, folder: string): Record<string, unknown> {
  const { identity, os, inputs, waivers, passthrough, olderAuditor, presentAsContainer, deadlineMs } = job;
  return {
    folder,
    profile,
    identity,
    os,
    inputs,
    waivers: waivers === undefined ? undefined : resolve(waivers),
    passthrough,
    olderAuditor,
    presentAsContainer,
    // The wall clock's deadline comes first; this is for a child that nobody is left to end.
    cpuSeconds: Math.ceil(deadlineMs / 1000) + 5,
  };
}
