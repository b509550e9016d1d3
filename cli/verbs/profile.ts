import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { unpackProfile } from "#audit/archive.ts";
import { type Auditor, startAuditor } from "#audit/auditor.ts";
import { dryRun } from "#audit/hints/dry-run.ts";
import { expectFrom } from "#audit/hints/hints.ts";
import { RegisteredName } from "#contract/names.ts";
import { registerContent } from "#ledger/registry.ts";
import { orExplain } from "../failure.ts";
import { must } from "../must.ts";
import { profileFrom } from "../profile-source.ts";
import { showRegistered } from "../registering/show.ts";
import { openRegistry, type PlaceFlags, withPlace } from "../registry-place.ts";

interface AddFlags extends PlaceFlags {
  readonly name?: string;
}

/** `muster profile`: registers profiles and lists those that are registered, here or in a deployment. */
export function profileCommand(): Command {
  const add = new Command("add")
    .description(
      "check, vendor, sign and register a profile, and find out what it asks: its first scan is fast already",
    )
    .argument("<profile>", "profile that ships with muster, a folder with an inspec.yml, or a tar.gz of one")
    .option("--name <name>", "the name that requests use (default: the profile's own)")
    .action((profile: string, flags: AddFlags) => orExplain(flags.json ?? false, () => addProfile(profile, flags)));
  const list = new Command("list")
    .description("list the registered profiles")
    .action((flags: PlaceFlags) => orExplain(flags.json ?? false, () => showRegistered("profiles", flags)));
  return new Command("profile").description("register profiles").addCommand(withPlace(add)).addCommand(withPlace(list));
}

async function addProfile(given: string, flags: AddFlags): Promise<number> {
  const { kind, name: own, bytes } = await profileFrom(given);
  const name = flags.name === undefined ? own : must(RegisteredName, "--name", flags.name);
  const workDir = mkdtempSync(join(tmpdir(), "muster-")); // short: Unix socket paths have 107 bytes
  let auditor: Auditor | undefined;
  const place = await openRegistry(flags);
  try {
    const signer = place.signer();
    await signer.publicKey(); // a key that cannot be used is told before the auditor is started
    auditor = await startAuditor({ workDir });
    const profile = await unpackProfile(bytes, join(workDir, "profiles"));
    const lists = await dryRun(auditor, { profile, olderAuditor: true, presentAsContainer: false });
    const { digest } = await registerContent(place.published, signer, { kind, name, bytes });
    await expectFrom(place.published, { profile: digest, inputs: undefined, manner: [] }, lists);
    const asks = Object.fromEntries(
      [...lists].map(([on, { commands }]) => [on.replace("dry-run/", ""), commands.length]),
    );
    const counts = Object.entries(asks).map(([on, count]) => `${count} on ${on}`);
    const text = flags.json
      ? JSON.stringify({ name, digest, asks })
      : `${name} sha256:${digest}\n  asks ${counts.join(", ")}`;
    process.stdout.write(`${text}\n`);
    return 0;
  } finally {
    await auditor?.close();
    place.close();
    rmSync(workDir, { recursive: true, force: true });
  }
}
