import { Command } from "commander";
import { connect } from "#cluster/connection.ts";
import { type Diagnosis, examine } from "#cluster/doctor/doctor.ts";
import type { HopReport } from "#cluster/doctor/hops.ts";
import { ownKubeconfig } from "#cluster/kubeconfig.ts";
import { printable } from "#cluster/status.ts";
import { ScanError } from "#contract/errors.ts";
import { LabelName, SubdomainName } from "#contract/names.ts";
import { openShell } from "#reach/open-shell.ts";
import { openWindows } from "#reach/windows/open-windows.ts";
import { orExplain } from "../failure.ts";
import { must } from "../must.ts";
import { slug } from "../profile-source.ts";

interface Flags {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
  readonly pod?: string;
  readonly container?: string;
  readonly json?: true;
}

/** `muster doctor`: walks from here into a container, and tells the first hop that fails and what to change. */
export function doctorCommand(): Command {
  return new Command("doctor")
    .description("find out why a cluster cannot be scanned: from DNS to a shell, hop by hop")
    .option("--kubeconfig <file>", "kubeconfig (default: as kubectl finds it)")
    .option("--context <name>", "context in it (default: its current-context)")
    .option("-n, --namespace <name>", "namespace (default: the context's, else all)")
    .option("--pod <name>", "pod to enter (default: one that runs)")
    .option("--container <name>", "container to enter (default: one that runs)")
    .option("--json", "one JSON document on stdout")
    .action((flags: Flags) => orExplain(flags.json ?? false, () => doctor(flags)));
}

async function doctor(flags: Flags): Promise<number> {
  const config = ownKubeconfig(flags.kubeconfig, flags.context);
  const context = config.getCurrentContext();
  const given = flags.namespace === undefined ? config.getContextObject(context)?.namespace : flags.namespace;
  const namespace = given === undefined ? undefined : must(LabelName, "--namespace", given);
  if (flags.pod !== undefined && namespace === undefined) {
    throw new ScanError("bad-request", "--pod needs -n NAMESPACE: no namespace is ever assumed");
  }
  const connection = connect(slug(context), config);
  const say = (text: string) => flags.json || process.stdout.write(`${text}\n`);
  say(`cluster ${connection.cluster} at ${connection.server.origin}`);
  try {
    const diagnosis = await examine(connection, {
      namespace,
      pod: flags.pod === undefined ? undefined : must(SubdomainName, "--pod", flags.pod),
      container: flags.container === undefined ? undefined : must(LabelName, "--container", flags.container),
      openShell: (connection, target, how) =>
        target.os === "windows" ? openWindows(connection, target, how) : openShell(connection, target, how),
      onHop: (report) => say(lineOf(report)),
    });
    if (flags.json) process.stdout.write(`${JSON.stringify(diagnosis)}\n`);
    else say(verdictOf(diagnosis));
    return diagnosis.healthy ? 0 : 2;
  } finally {
    connection.close();
  }
}

/** Words of the other side are among what was found: they must not steer the terminal, nor fill it. */
const longestLine = 1_000;
const words = { passed: "ok", failed: "FAILED", "not-needed": "–", "not-tried": "–" } as const;

function lineOf({ hop, state, elapsedMs, found, reason, advice }: HopReport): string {
  const seconds = state === "passed" || state === "failed" ? `${(elapsedMs / 1000).toFixed(2)} s` : "";
  const code = reason === null ? "" : `${reason}: `;
  const line = `  ${hop.padEnd(14)}  ${words[state].padEnd(6)}  ${seconds.padStart(7)}  ${code}${printable(found, longestLine)}`;
  return advice === null ? line : `${line}\n${" ".repeat(35)}→ ${advice}`;
}

function verdictOf({ fault, warnings, permissions, target, healthy }: Diagnosis): string {
  const toolbox = permissions.find(({ verb }) => verb === "patch");
  const lines = warnings.map((warning) => `warning: ${warning}`);
  if (toolbox !== undefined) {
    const state = toolbox.allowed ? "held" : "not held; containers without a shell need it";
    lines.push(`toolbox: ${toolbox.verb} ${toolbox.resource} is ${state}`);
  }
  if (fault !== null) lines.push(`\nThe way ends at ${fault.hop}: ${fault.reason}`);
  else if (healthy) lines.push(`\nThe way is open, down to a shell in ${target}`);
  return lines.join("\n");
}
