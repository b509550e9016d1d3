import { realpath, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { abortError, asScanError, ScanError } from "#contract/errors.ts";
import { Answers } from "./answers.ts";
import type { Audited, AuditJob, ProgressEvent } from "./job.ts";
import { type ChildRemains, runChild } from "./run-child.ts";
import { verdictOf } from "./verdict.ts";
import type { WarmParent } from "./warm-parent.ts";

/** Rehearsals end when one brings fewer new questions to light than this, or after so many. */
const worthAnother = 3;
const mostRehearsals = 6;
/** Unexpected questions that are cheaper to wait for than another run of the profile. */
const firstPatience = 4;
/** Invented answers may lead a profile anywhere. */
const longestRehearsalMs = 10_000;

export interface Surroundings {
  readonly home: string;
  readonly warm: () => Promise<WarmParent>;
  readonly log: (line: string) => void;
  /** The auditor is being closed. */
  readonly closing: AbortSignal;
}

/** Runs one job from its folder to its report. Throws a ScanError; leaves no process, socket or file behind. */
export async function auditOnce(job: AuditJob, surroundings: Surroundings): Promise<Audited> {
  const startedAt = performance.now();
  const stop = stopFor(job, surroundings.closing);
  try {
    const answers = job.answers ?? new Answers();
    const shell = Promise.resolve(job.shell);
    shell.catch((thrown: unknown) => stop.now(asScanError(thrown)));
    answers.through(shell);
    const order = orderFor(job, await profilePath(job.profile));
    const runs = new Runs(job, answers, { ...surroundings, order, stop });
    const real = await runs.untilReal();
    const wallMs = Math.round(performance.now() - startedAt);
    const { rehearsals, cpuMs: auditorCpuMs } = runs;
    return { ...real, counters: { ...answers.counters, rehearsals, auditorCpuMs, wallMs } };
  } catch (thrown) {
    throw asScanError(thrown);
  } finally {
    stop.release();
  }
}

type Stop = ReturnType<typeof stopFor>;
type Verdict = Omit<Audited, "counters">;

interface RunsOptions extends Surroundings {
  readonly order: Readonly<Record<string, unknown>>;
  readonly stop: Stop;
}

/**
 * Runs the profile until a run got nothing but real answers: that one is the scan. Those before it are rehearsals, which
 * find out what the profile asks; all that a rehearsal asks goes to the target in one flight.
 */
class Runs {
  rehearsals = 0;
  cpuMs = 0;
  readonly #job: AuditJob;
  readonly #answers: Answers;
  readonly #options: RunsOptions;
  #told = 0;

  constructor(job: AuditJob, answers: Answers, options: RunsOptions) {
    this.#job = job;
    this.#answers = answers;
    this.#options = options;
  }

  async untilReal(): Promise<Verdict> {
    let patience = this.#job.answers === undefined || this.#job.patient ? Number.POSITIVE_INFINITY : firstPatience;
    for (;;) {
      const verdict = await this.#run(patience);
      if (verdict !== undefined) return verdict;
      this.rehearsals += 1;
      const another = this.#answers.discovered >= worthAnother && this.rehearsals < mostRehearsals;
      patience = another ? 0 : Number.POSITIVE_INFINITY;
      this.#answers.replan();
    }
  }

  /** One run; nothing when it was a rehearsal. */
  async #run(patience: number): Promise<Verdict | undefined> {
    const { stop, order, home, log, warm } = this.#options;
    const end = Promise.withResolvers<never>();
    end.promise.catch(() => undefined);
    let timer: NodeJS.Timeout | undefined;
    const answer = this.#answers.begin(patience, () => {
      timer = setTimeout(() => end.reject(new RehearsalOver()), longestRehearsalMs);
    });
    const onTrouble = (error: ScanError) => {
      if (this.#answers.rehearsal && error.code === "auditor-crashed") end.reject(new RehearsalOver());
      else stop.now(error);
    };
    const stopped = Promise.race([stop.stopped, end.promise]);
    stopped.catch(() => undefined); // a run that went well never looks
    try {
      return await runChild(
        { ...{ home, log, warm, order, answer, onTrouble, stopped }, onProgress: this.#tell },
        (remains) => this.#judge(remains),
      );
    } catch (thrown) {
      if (thrown instanceof RehearsalOver) return undefined;
      throw thrown;
    } finally {
      clearTimeout(timer);
    }
  }

  async #judge(remains: ChildRemains): Promise<Verdict | undefined> {
    this.cpuMs += remains.ended.cpuMs;
    if (this.#answers.rehearsal) return undefined;
    const verdict = verdictOf(remains);
    return { ...verdict, hdf: await remains.report() };
  }

  /** A control that ended with real answers will end so again: it is told once. */
  #tell = (event: ProgressEvent): void => {
    if (this.#answers.rehearsal || event.done <= this.#told) return;
    this.#told = event.done;
    this.#job.onProgress?.(event);
  };
}

class RehearsalOver extends Error {}

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

async function profilePath(path: string): Promise<string> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new ScanError("profile-unknown", `there is no profile at ${path}`, { cause });
  });
  if (!found.isDirectory() && !/\.(tar\.gz|tgz)$/.test(path)) {
    throw new ScanError("profile-invalid", `${path} is neither a folder nor a .tar.gz`);
  }
  return realpath(path);
}

function orderFor(job: AuditJob, profile: string): Record<string, unknown> {
  const { identity, os, inputs, inputFile, waivers, passthrough, olderAuditor, presentAsContainer, deadlineMs } = job;
  return {
    profile,
    identity,
    os,
    inputs,
    inputFile: inputFile === undefined ? undefined : resolve(inputFile),
    waivers: waivers === undefined ? undefined : resolve(waivers),
    passthrough,
    olderAuditor,
    presentAsContainer,
    // The wall clock's deadline comes first; this is for a child that nobody is left to end.
    cpuSeconds: Math.ceil(deadlineMs / 1000) + 5,
  };
}
