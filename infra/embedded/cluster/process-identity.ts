import { readFileSync } from "node:fs";

/** A process that a later run can recognise: pids are used again, a pid with its start time (clock ticks since boot) is not. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTicks: string;
}

/** The identity of a living process, undefined when there is none with that pid. */
export function identify(pid: number): ProcessIdentity | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in brackets and may hold blanks; counting starts behind it (proc(5): starttime is 22).
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const startTicks = fields[19];
    return startTicks === undefined || fields[0] === "Z" ? undefined : { pid, startTicks };
  } catch {
    return undefined;
  }
}

export function isAlive(process: ProcessIdentity): boolean {
  return identify(process.pid)?.startTicks === process.startTicks;
}

/** Ends a process by SIGTERM, and by SIGKILL when it is still there after `graceMs`. Resolves when it is gone. */
export async function endProcess(target: ProcessIdentity, graceMs: number): Promise<void> {
  const deadline = Date.now() + graceMs;
  let signal: NodeJS.Signals = "SIGTERM";
  sendSignal(target.pid, signal);
  while (isAlive(target)) {
    if (signal === "SIGTERM" && Date.now() > deadline) {
      signal = "SIGKILL";
      sendSignal(target.pid, signal);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone between the look and the signal: what was wanted.
  }
}
