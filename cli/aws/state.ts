import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isAlive, type ProcessIdentity } from "#embedded/cluster/process-identity.ts";

/** What a running `muster aws up` leaves in its store for those who come later. */
export interface AwsState {
  readonly process: ProcessIdentity;
  readonly url: string;
  /** A password: whoever knows it may read the store and send requests. */
  readonly accessKeyId: string;
  readonly requestQueueUrl: string;
  readonly store: string;
  /** Ids of the clusters whose requests are carried out. */
  readonly clusters: readonly string[];
  readonly startedAt: string;
}

/** `<store>/.aws`, beside the buckets: state and log of the process, readable by its owner alone. */
export function stateFolder(store: string): string {
  const folder = join(store, ".aws");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

const fileOf = (store: string) => join(store, ".aws", "state.json");

export function writeState(state: AwsState): void {
  writeFileSync(join(stateFolder(state.store), "state.json"), `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
}

export function removeState(store: string): void {
  rmSync(fileOf(store), { force: true });
}

/** The process that serves this store, or undefined when none does. */
export function readState(store: string): AwsState | undefined {
  if (!existsSync(fileOf(store))) return undefined;
  try {
    const state = JSON.parse(readFileSync(fileOf(store), "utf8")) as AwsState; // written by writeState only
    return isAlive(state.process) ? state : undefined;
  } catch {
    return undefined; // gone or half-written between the two looks
  }
}
