import { Command, InvalidArgumentError } from "commander";
import { connect } from "#cluster/connection.ts";
import { type Swept, sweepCredentials } from "#cluster/grant/sweep.ts";
import { ownKubeconfig } from "#cluster/kubeconfig.ts";
import { ScanError } from "#contract/errors.ts";
import { LabelName } from "#contract/names.ts";
import { orExplain } from "../failure.ts";
import { must } from "../must.ts";
import { slug } from "../profile-source.ts";

interface Flags {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: readonly string[];
  readonly allNamespaces?: true;
  readonly accounts?: string;
  readonly olderThan?: number;
  readonly dryRun?: true;
  readonly json?: true;
}

const many = (value: string, before: readonly string[] = []) => [...before, value];

function hours(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new InvalidArgumentError("must be a number of hours.");
  return value;
}

/** `muster sweep`: deletes what killed scans left of their credentials. */
export function sweepCommand(): Command {
  return new Command("sweep")
    .description("delete accounts, roles and bindings that scans which were killed have left behind")
    .option("--kubeconfig <file>", "kubeconfig of the broker (default: as kubectl finds it)")
    .option("--context <name>", "context in it (default: its current-context)")
    .option("-n, --namespace <name>", "namespace in which scans looked; may be given more than once", many)
    .option("-A, --all-namespaces", "all namespaces")
    .option("--accounts <namespace>", "namespace of the scans' accounts (default: muster-scans)")
    .option("--older-than <hours>", "also what is older, whatever its expiry says (default: 24)", hours)
    .option("--dry-run", "only say what would go")
    .option("--json", "one JSON document on stdout")
    .action((flags: Flags) => orExplain(flags.json ?? false, () => sweep(flags)));
}

async function sweep(flags: Flags): Promise<number> {
  if ((flags.namespace === undefined) === (flags.allNamespaces === undefined)) {
    throw new ScanError("bad-request", "say where scans looked: either -n NAMESPACE or -A for all namespaces");
  }
  const namespaces = flags.namespace?.map((name) => must(LabelName, "--namespace", name));
  const home = flags.accounts === undefined ? undefined : must(LabelName, "--accounts", flags.accounts);
  const config = ownKubeconfig(flags.kubeconfig, flags.context);
  const connection = connect(slug(config.getCurrentContext()), config);
  try {
    const swept = await sweepCredentials(connection, {
      namespaces,
      home,
      mostAgeMs: flags.olderThan === undefined ? undefined : flags.olderThan * 60 * 60 * 1000,
      dryRun: flags.dryRun,
    });
    process.stdout.write(
      flags.json ? `${JSON.stringify({ dryRun: flags.dryRun ?? false, ...swept })}\n` : inWords(swept, flags),
    );
    return 0;
  } finally {
    connection.close();
  }
}

function inWords({ removed, kept }: Swept, { dryRun }: Flags): string {
  const lines = removed.map(({ kind, namespace, name, expiredAt }) => {
    return `${kind} ${namespace}/${name}${expiredAt === null ? "" : ` (expired ${expiredAt})`}`;
  });
  const what = dryRun ? "would be deleted" : "deleted";
  return `${[...lines, `${removed.length} ${what}, ${kept} kept: their scans may still run`].join("\n")}\n`;
}
