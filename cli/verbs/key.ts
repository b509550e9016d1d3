import { resolve } from "node:path";
import { Command } from "commander";
import type { Remote } from "#aws/remote.ts";
import { storeSigner } from "#signing/key-file.ts";
import { pemOf } from "#signing/public-key.ts";
import { orExplain } from "../failure.ts";
import { remoteFrom } from "../remote-from.ts";
import { publicKeyFrom } from "../signing-keys.ts";

interface Flags {
  readonly store: string;
  readonly key?: string;
  readonly endpoint?: string;
  readonly region?: string;
  readonly json?: true;
}

/** `muster key`: the public half of a signing key, for whoever is to believe it. */
export function keyCommand(): Command {
  return new Command("key")
    .description("print the public key that signatures are checked with, as PEM")
    .option("--store <folder>", "folder that scans use as --out: its own key, made if there is none", "muster-reports")
    .option("--key <file or KMS key>", "instead: a PEM file, or ARN or alias in KMS")
    .option("--endpoint <url>", "instead of AWS")
    .option("--region <name>", "AWS region (default: as the AWS SDK finds it)")
    .option("--json", "one JSON document on stdout: key id, PEM, and the form for trustedKeys in the context")
    .action((flags: Flags) => orExplain(flags.json ?? false, () => show(flags)));
}

async function show(flags: Flags): Promise<number> {
  let aws: Remote | undefined;
  const connect = () => (aws ??= remoteFrom(flags));
  try {
    const { key, store } = flags;
    const publicKey =
      key === undefined ? await storeSigner(resolve(store)).publicKey() : await publicKeyFrom(key, connect);
    const pem = pemOf(publicKey);
    const trusted = Buffer.from(publicKey.spki).toString("base64");
    process.stdout.write(flags.json ? `${JSON.stringify({ keyId: publicKey.keyId, pem, trusted })}\n` : pem);
    return 0;
  } finally {
    aws?.close();
  }
}
