import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder that is gone when the test is over. */
export async function temporaryStore(): Promise<string> {
  const store = await mkdtemp(join(tmpdir(), "muster-s3-"));
  onTestFinished(() => rm(store, { recursive: true, force: true }));
  return store;
}

/** Both places where objects can be kept: each behaviour holds in both. */
export const STORES: readonly (readonly [string, () => Promise<{ store?: string }>])[] = [
  ["in memory", async () => ({})],
  ["on disk", async () => ({ store: await temporaryStore() })],
];
