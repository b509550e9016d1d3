import { readFileSync } from "node:fs";
import { Command } from "commander";
import { parseAllDocuments } from "yaml";
import { ScanError } from "#contract/errors.ts";
import { orExplain } from "../failure.ts";
import { injectSidecar } from "../inject-sidecar.ts";

interface Flags {
  readonly image: string;
  readonly restricted?: true;
  readonly json?: true;
}

/** `muster sidecar inject`: prints manifests with the sidecar added, for `kubectl apply -f -`. */
export function sidecarCommand(): Command {
  const inject = new Command("inject")
    .description("print manifests with the muster sidecar in every pod template")
    .argument("<file>", "YAML of pods or workloads; - for standard input")
    .requiredOption("--image <image>", "the toolbox image, by digest (docs/sidecar)")
    .option("--restricted", "for namespaces that enforce the restricted level: as the pod's own user, reading only")
    .option("--json", "one JSON array of the manifests on stdout")
    .action((file: string, flags: Flags) => orExplain(flags.json ?? false, async () => print(file, flags)));
  return new Command("sidecar").description("the sidecar that lets pods without a shell be scanned").addCommand(inject);
}

function print(file: string, { image, restricted, json }: Flags): number {
  const manifests = injectSidecar(read(file), { image, restricted: restricted ?? false });
  const shown = json
    ? `${JSON.stringify(parseAllDocuments(manifests).map((document) => document.toJS()))}\n`
    : manifests;
  process.stdout.write(shown);
  return 0;
}

function read(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    throw new ScanError("bad-request", `cannot read ${file}`, { cause: error });
  }
}
