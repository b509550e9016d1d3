import { createHash } from "node:crypto";
import * as z from "zod";
import { ScanError } from "#contract/errors.ts";
import { SubdomainName } from "#contract/names.ts";
import type { ObjectStore } from "#contract/objects.ts";

/** As many as maxTargets allows at most; a name has 253 characters. */
const mostPods = 100_000;
const mostBytes = 4 * 1024 * 1024;

const PodNames = z.array(SubdomainName).min(1).max(mostPods);

/**
 * The pods that a request names by reference: a JSON list in the published bucket, for lists that fit into no message. It
 * is read when its size and its digest are what they may be; anything else is the sender's fault and says which.
 */
export async function podsFrom(
  { key, sha256 }: { readonly key: string; readonly sha256: string },
  published: ObjectStore,
): Promise<readonly string[]> {
  const found = await published.read(key, mostBytes);
  if (found === undefined)
    throw new ScanError("bad-request", `podsFrom.key: there is no ${key} in the published bucket`);
  if (createHash("sha256").update(found.bytes).digest("hex") !== sha256) {
    throw new ScanError("bad-request", `podsFrom.sha256: ${key} holds something else`);
  }
  const names = PodNames.safeParse(parseJson(found.bytes));
  if (names.success) return [...new Set(names.data)];
  throw new ScanError("bad-request", `podsFrom.key: ${key} is not a JSON list of 1 to ${mostPods} pod names`);
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
