import { Command } from "commander";
import { RegisteredName } from "#contract/names.ts";
import { registerContent } from "#ledger/registry.ts";
import { orExplain } from "../failure.ts";
import { must } from "../must.ts";
import { type DocumentKind, readDocumentFile } from "../registering/document.ts";
import { showRegistered } from "../registering/show.ts";
import { openRegistry, type PlaceFlags, withPlace } from "../registry-place.ts";

const about: Readonly<Record<DocumentKind, string>> = {
  inputs: "YAML map of a profile's inputs to their values",
  waivers: "YAML map of control ids to justification, run and expiration_date",
  thresholds: "threshold file, as saf validate threshold reads it",
};

/** `muster inputs`, `muster waivers`, `muster thresholds`: registers what requests name in their options. */
export function registeredCommand(kind: DocumentKind): Command {
  const add = new Command("add")
    .description(`check, sign and register ${kind} under a name; the name means them from then on`)
    .argument("<name>", "the name that requests use")
    .argument("<file>", about[kind])
    .action((name: string, file: string, flags: PlaceFlags) =>
      orExplain(flags.json ?? false, () => addDocument(kind, name, file, flags)),
    );
  const list = new Command("list")
    .description(`list the registered ${kind}`)
    .action((flags: PlaceFlags) => orExplain(flags.json ?? false, () => showRegistered(kind, flags)));
  return new Command(kind).description(`register ${kind}`).addCommand(withPlace(add)).addCommand(withPlace(list));
}

async function addDocument(kind: DocumentKind, given: string, file: string, flags: PlaceFlags): Promise<number> {
  const name = must(RegisteredName, "name", given);
  const bytes = readDocumentFile(kind, file);
  const place = await openRegistry(flags);
  try {
    const { digest } = await registerContent(place.published, place.signer(), { kind, name, bytes });
    process.stdout.write(flags.json ? `${JSON.stringify({ name, digest })}\n` : `${name} sha256:${digest}\n`);
    return 0;
  } finally {
    place.close();
  }
}
