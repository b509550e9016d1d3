import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { ScanError } from "#contract/errors.ts";
import { clientSettings } from "./client-settings.ts";
import { awsTrouble } from "./trouble.ts";

/** The text of a secret, by name. With `fresh`, as it is at this moment; else it may be as old as the cache allows. */
export type ReadSecret = (name: string, fresh: boolean) => Promise<string>;

const oldestMs = 5 * 60_000;

/** Secrets Manager, asked at most every five minutes for each secret. A secret without a value is `unauthenticated`. */
export function secretsManager(
  now: () => number = Date.now,
  client: SecretsManagerClient = new SecretsManagerClient(clientSettings),
): ReadSecret {
  const known = new Map<string, { readonly text: string; readonly at: number }>();
  return async (name, fresh) => {
    const cached = known.get(name);
    if (!fresh && cached !== undefined && now() - cached.at < oldestMs) return cached.text;
    const text = await read(client, name);
    known.set(name, { text, at: now() });
    return text;
  };
}

async function read(client: SecretsManagerClient, name: string): Promise<string> {
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: name }));
    if (SecretString !== undefined) return SecretString;
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw awsTrouble(error, `Secrets Manager ${name}`);
  }
  throw new ScanError(
    "unauthenticated",
    `${name} holds no text in Secrets Manager; docs/onboarding.md says what to put in`,
  );
}
