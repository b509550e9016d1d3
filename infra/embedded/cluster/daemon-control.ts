import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { DaemonMessage } from "./daemon.ts";
import { type DaemonState, readState, removeState } from "./daemon-state.ts";
import { cleanUpContainerd } from "./node/containerd.ts";
import { endProcess } from "./process-identity.ts";
import { RequirementError, requireMachine } from "./requirements.ts";
import type { KubernetesVersion } from "./versions.ts";

export interface UpOptions {
  readonly dir: string;
  readonly version: KubernetesVersion;
  readonly rttMs: number;
  readonly workloads?: string;
  readonly log: (line: string) => void;
}

/** Longer than a start that has to build all images first. */
const STOP_GRACE_MS = 60_000;

/**
 * Starts the daemon and resolves when its cluster is ready; one that already runs in `dir` is given back as it is.
 * Throws RequirementError when this machine cannot, and the daemon's own message when it fails.
 */
export async function upDaemon(
  options: UpOptions,
): Promise<{ readonly state: DaemonState; readonly started: boolean }> {
  const { dir } = options;
  const before = readState(dir);
  if (before?.alive) return { state: before.state, started: false };
  requireMachine();
  if (before !== undefined) {
    options.log("cleaning up after a cluster that did not end properly");
    await downDaemon(dir);
  }
  mkdirSync(dir, { recursive: true });
  const logFile = openSync(join(dir, "daemon.log"), "w");
  const args = ["--dir", dir, "--version", options.version, "--rtt", String(options.rttMs)];
  const workloads = options.workloads === undefined ? [] : ["--workloads", options.workloads];
  const child = spawn(process.execPath, [join(import.meta.dirname, "daemon.ts"), ...args, ...workloads], {
    stdio: ["ignore", logFile, logFile, "ipc"],
    detached: true,
  });
  closeSync(logFile);
  const failure = await new Promise<Error | undefined>((resolve) => {
    let reason: Error | undefined;
    child.once("error", resolve);
    child.once("exit", (code) => {
      resolve(reason ?? new Error(`the cluster's daemon ended with ${code}: see ${join(dir, "daemon.log")}`));
    });
    child.on("message", (message: DaemonMessage) => {
      if (message.kind === "progress") options.log(message.line);
      if (message.kind === "ready") resolve(undefined);
      if (message.kind !== "failed") return;
      reason = message.requirement ? new RequirementError(message.message) : new Error(message.message);
    });
  });
  if (failure !== undefined) throw failure;
  child.unref();
  const after = readState(dir);
  if (after === undefined) throw new Error(`the cluster's daemon left no state in ${dir}`);
  return { state: after.state, started: true };
}

/** Ends the recorded daemon and waits for it. What a crashed one left (containerd, shims, mounts) is ended as well. */
export async function downDaemon(dir: string): Promise<"stopped" | "cleaned" | "not running"> {
  const recorded = readState(dir);
  if (recorded?.alive) {
    await endProcess(recorded.state.process, STOP_GRACE_MS);
    await cleanUpContainerd(dir);
    return "stopped";
  }
  const left = await cleanUpContainerd(dir);
  removeState(dir);
  for (const name of ["kubeconfig", "owner.json"]) rmSync(join(dir, name), { force: true });
  return recorded === undefined && !left ? "not running" : "cleaned";
}
