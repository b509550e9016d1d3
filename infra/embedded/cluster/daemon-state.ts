import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { isAlive, type ProcessIdentity } from "./process-identity.ts";
import type { KubernetesVersion } from "./versions.ts";

/** What a running daemon leaves in `<dir>/state.json` for those who come later. */
export interface DaemonState {
  readonly process: ProcessIdentity;
  readonly kubeconfig: string;
  readonly server: string;
  readonly version: KubernetesVersion;
  readonly rttMs: number;
  readonly workloads: string;
  readonly startedAt: string;
}

/** `<repo>/.muster/cluster`, which git ignores. */
export const DEFAULT_CLUSTER_DIR = resolve(import.meta.dirname, "../../../.muster/cluster");

export function writeState(dir: string, state: DaemonState): void {
  writeFileSync(join(dir, "state.json"), `${JSON.stringify(state, undefined, 2)}\n`);
}

export function removeState(dir: string): void {
  rmSync(join(dir, "state.json"), { force: true });
}

/** The recorded daemon: `alive` false when its process is gone, undefined when there is no record. */
export function readState(dir: string): { readonly state: DaemonState; readonly alive: boolean } | undefined {
  const file = join(dir, "state.json");
  if (!existsSync(file)) return undefined;
  try {
    const state = JSON.parse(readFileSync(file, "utf8")) as DaemonState; // written by writeState only
    return { state, alive: isAlive(state.process) };
  } catch {
    return undefined;
  }
}
