import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Command } from "commander";
import { unpackProfile } from "#audit/archive.ts";
import { type Auditor, startAuditor } from "#audit/auditor.ts";
import { dryRun } from "#audit/hints/dry-run.ts";
import { expectFrom } from "#audit/hints/hints.ts";
import { ScanError } from "#contract/errors.ts";
import type { ObjectStore } from "#contract/objects.ts";
import { openStore } from "#embedded/store.ts";
import { registerContent, registered } from "#ledger/registry.ts";
import { orExplain } from "../failure.ts";
import { profileFrom } from "../profile-source.ts";

interface Flags {
  readonly store: string;
  readonly json?: true;
}

/** `muster profile`: registers profiles and lists those that are registered, in a store on this machine. */
export function profileCommand(): Command {
  const add = new Command("add")
    .description("register a profile and find out what it asks, so that its first scan is already fast")
    .argument("<profile>", "profile that ships with muster, or a folder with an inspec.yml");
  const list = new Command("list").description("list the registered profiles");
  for (const verb of [add, list]) {
    verb
      .option("--store <folder>", "folder that scans use as --out", "muster-reports")
      .option("--json", "one JSON document on stdout");
  }
  add.action((profile: string, flags: Flags) => orExplain(flags.json ?? false, () => addProfile(profile, flags)));
  list.action((flags: Flags) => orExplain(flags.json ?? false, () => listProfiles(flags)));
  return new Command("profile").description("register profiles").addCommand(add).addCommand(list);
}

async function addProfile(nameOrFolder: string, { store, json }: Flags): Promise<number> {
  const { kind, name, bytes } = await profileFrom(nameOrFolder);
  const workDir = mkdtempSync(join(tmpdir(), "muster-")); // short: Unix socket paths have 107 bytes
  let auditor: Auditor | undefined;
  const opened = await open(store);
  try {
    auditor = await startAuditor({ workDir });
    const profile = await unpackProfile(bytes, join(workDir, "profiles"));
    const lists = await dryRun(auditor, { profile, olderAuditor: true, presentAsContainer: false });
    const { digest } = await registerContent(opened.published, kind, name, bytes);
    await expectFrom(opened.published, { profile: digest, inputs: undefined, manner: [] }, lists);
    const asks = Object.fromEntries(
      [...lists].map(([on, { commands }]) => [on.replace("dry-run/", ""), commands.length]),
    );
    const counts = Object.entries(asks).map(([on, count]) => `${count} on ${on}`);
    const text = json
      ? JSON.stringify({ name, digest, asks })
      : `${name} sha256:${digest}\n  asks ${counts.join(", ")}`;
    process.stdout.write(`${text}\n`);
    return 0;
  } finally {
    await auditor?.close();
    opened.close();
    rmSync(workDir, { recursive: true, force: true });
  }
}

async function listProfiles({ store, json }: Flags): Promise<number> {
  const opened = await open(store);
  try {
    const profiles = await registered(opened.published, "profiles");
    const text = json
      ? JSON.stringify({ profiles })
      : profiles.map(({ name, digest }) => `${name} sha256:${digest}`).join("\n");
    process.stdout.write(text === "" ? "" : `${text}\n`);
    return 0;
  } finally {
    opened.close();
  }
}

async function open(folder: string): Promise<{ readonly published: ObjectStore; close(): void }> {
  const path = resolve(folder);
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw new ScanError("bad-request", `--store: ${folder} cannot be a folder`, { cause: error });
  }
  return openStore(path);
}
