import { fileURLToPath } from "node:url";
import { profileFrom } from "#cli/profile-source.ts";
import type { Registration } from "#ledger/registry.ts";

/** What rows are scanned with, by the name that requests have for it. */
const sources = {
  "container-baseline": "container-baseline",
  windows: fileURLToPath(new URL("../fixtures/profiles/windows", import.meta.url)),
} as const;

export type ProfileName = keyof typeof sources;

/** The profile of a row that names none. */
export const usualProfile: ProfileName = "container-baseline";

export function profiles(): Promise<readonly Registration[]> {
  return Promise.all(Object.entries(sources).map(async ([name, source]) => ({ ...(await profileFrom(source)), name })));
}
