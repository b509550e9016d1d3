import { join } from "node:path";
import type { ScanError } from "#contract/errors.ts";
import type { Answer } from "./answers.ts";
import { type Broker, openBroker } from "./broker.ts";
import type { Outcome } from "./frames.ts";
import type { ProgressEvent } from "./job.ts";
import { type LastWords, listenForLastWords } from "./last-words.ts";
import { makeScanFolder, readReport, type ScanFolder } from "./scan-folder.ts";
import type { Ended, Fork, WarmParent } from "./warm-parent.ts";

/** How long a killed child may take to be gone before the audit goes on without it. */
const burialMs = 5_000;

/** One run of the profile in a child of its own. */
export interface ChildRun {
  readonly home: string;
  readonly log: (line: string) => void;
  readonly warm: () => Promise<WarmParent>;
  /** What the child is told, its folder aside. */
  readonly order: Readonly<Record<string, unknown>>;
  readonly answer: Answer;
  readonly onProgress: (event: ProgressEvent) => void;
  /** The scan cannot go on: the shell broke, or the child spoke nonsense. */
  readonly onTrouble: (error: ScanError) => void;
  /** Rejects when the run is to be broken off. */
  readonly stopped: Promise<never>;
}

/** What a child left behind. */
export interface ChildRemains {
  readonly ended: Ended;
  readonly outcome: Outcome | undefined;
  readonly lastWords: string;
  /** Reads the report's bytes while the child's folder is still there. */
  readonly report: () => Promise<Uint8Array>;
}

/**
 * Runs the profile once and hands what is left to `judge`. Leaves no process, socket or file behind. What `stopped`
 * rejects with is thrown, after the child and all that it started are gone.
 */
export async function runChild<T>(run: ChildRun, judge: (remains: ChildRemains) => Promise<T>): Promise<T> {
  let folder: ScanFolder | undefined;
  let broker: Broker | undefined;
  let words: LastWords | undefined;
  let fork: Fork | undefined;
  try {
    const { path, id } = await makeScanFolder(run.home, run.log).then((made) => (folder = made));
    words = await listenForLastWords(join(path, "e"));
    const { answer, onProgress, onTrouble } = run;
    broker = await openBroker({ path: join(path, "b"), answer, onProgress, onTrouble });
    const parent = await Promise.race([run.warm(), run.stopped]);
    fork = parent.fork(id, { ...run.order, folder: path });
    const ended = await Promise.race([fork.ended, run.stopped]);
    const outcome = await Promise.race([broker.finish(), run.stopped]);
    return await judge({ ended, outcome, lastWords: words.text(), report: () => readReport(path) });
  } catch (thrown) {
    if (fork) await bury(fork);
    throw thrown;
  } finally {
    broker?.close();
    words?.close();
    await folder?.remove();
  }
}

async function bury(fork: Fork): Promise<void> {
  fork.kill();
  const { promise, resolve: enough } = Promise.withResolvers<void>();
  const timer = setTimeout(enough, burialMs);
  await Promise.race([fork.ended.catch(() => undefined), promise]);
  clearTimeout(timer);
}
