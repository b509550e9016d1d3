import { mkdir, realpath } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ScanError } from "#contract/errors.ts";
import { auditOnce } from "./audit-once.ts";
import type { Audited, AuditJob } from "./job.ts";
import { startWarmParent, type WarmParent } from "./warm-parent.ts";

export interface AuditorOptions {
  /** For sockets and per-scan folders. Short: a socket's path has at most 107 bytes. */
  readonly workDir: string;
  readonly log?: (line: string) => void;
  /** Closes the auditor. */
  readonly signal?: AbortSignal;
}

/** A warm auditor; any number of audits may run at once. */
export interface Auditor {
  /** Name and version for reports: {name: "inspec-core", version: "5.24.24"}. */
  readonly engine: { readonly name: string; readonly version: string };
  /** Runs one profile. Throws a ScanError with the reason why there is no report. */
  audit(job: AuditJob): Promise<Audited>;
  close(): Promise<void>;
}

/** Starts the auditor's process and waits until it is warm, a second or two. It comes back by itself if it dies. */
export async function startAuditor({ workDir, log = () => {}, signal }: AuditorOptions): Promise<Auditor> {
  const home = await prepare(workDir);
  const closing = new AbortController();
  const running = new Set<Promise<unknown>>();
  let current = start();
  const { engine } = await current;
  signal?.addEventListener("abort", () => void close(), { once: true });
  if (signal?.aborted) await close();

  function start(): Promise<WarmParent> {
    const starting = startWarmParent(home, log);
    starting.then(
      async (parent) => {
        await parent.gone;
        if (closing.signal.aborted) return;
        log("auditor: the process ended; starting another");
        current = start();
      },
      () => {},
    );
    return starting;
  }

  /** One that runs. What failed to start is tried again by the next audit. */
  async function warm(): Promise<WarmParent> {
    if (closing.signal.aborted) throw new ScanError("cancelled", "the auditor is closed");
    return current.catch(() => {
      current = start();
      return current;
    });
  }

  async function close(): Promise<void> {
    closing.abort();
    await Promise.allSettled(running);
    await (await current.catch(() => undefined))?.close();
  }

  function audit(job: AuditJob): Promise<Audited> {
    const audited = auditOnce(job, { home, warm, log, closing: closing.signal });
    running.add(audited);
    return audited.finally(() => running.delete(audited));
  }

  return { engine, audit, close };
}

async function prepare(workDir: string): Promise<string> {
  await mkdir(workDir, { recursive: true, mode: 0o700 });
  const home = await realpath(resolve(workDir));
  if (Buffer.byteLength(join(home, "12345678/b")) > 107) {
    throw new ScanError("internal", `the auditor's work folder ${home} is too long a path for a Unix socket`);
  }
  return home;
}
