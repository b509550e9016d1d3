import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { ScanError } from "#contract/errors.ts";
import { endProcess } from "#embedded/cluster/process-identity.ts";
import type { DaemonMessage, DaemonSettings } from "./daemon.ts";
import { type AwsState, readState, removeState, stateFolder } from "./state.ts";

/** Scans that run are let to their end for so long. */
const stopGraceMs = 60_000;

/** Starts the process behind `muster aws up`, and resolves when it answers. Throws `bad-request` with its own message. */
export async function startDaemon(settings: DaemonSettings): Promise<AwsState> {
  const log = join(stateFolder(settings.store), "daemon.log");
  const logFile = openSync(log, "w", 0o600);
  const child = spawn(process.execPath, [join(import.meta.dirname, "daemon.ts")], {
    stdio: ["ignore", logFile, logFile, "ipc"],
    detached: true,
  });
  closeSync(logFile);
  const answer = await new Promise<DaemonMessage>((resolve) => {
    child.once("error", ({ message }) => resolve({ kind: "failed", message }));
    child.once("exit", (code) => resolve({ kind: "failed", message: `the process ended with ${code}: see ${log}` }));
    child.once("message", (message: DaemonMessage) => resolve(message)); // sent by daemon.ts only
    child.send(settings);
  });
  if (answer.kind === "failed") throw new ScanError("bad-request", answer.message);
  child.unref();
  const state = readState(settings.store);
  if (state === undefined) throw new ScanError("internal", `the process is gone already: see ${log}`);
  return state;
}

/** Ends the process that serves this store and waits for it; false when there is none. */
export async function stopDaemon(store: string): Promise<boolean> {
  const state = readState(store);
  if (state === undefined) return false;
  await endProcess(state.process, stopGraceMs);
  removeState(store);
  return true;
}
