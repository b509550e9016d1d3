import { readFileSync } from "node:fs";
import { Command } from "commander";
import { type EksEntry, eksEntry } from "#cluster/grant/eks.ts";
import { type Granted, grantFor } from "#cluster/grant/grant.ts";
import type { Subject } from "#cluster/grant/objects.ts";
import { grantAsYaml } from "#cluster/grant/yaml.ts";
import { ScanError } from "#contract/errors.ts";
import { faultsAsText, faultsOf } from "#contract/faults.ts";
import { LabelName, SubdomainName } from "#contract/names.ts";
import { ScanRequest, TargetEntry } from "#contract/request.ts";
import { orExplain } from "../failure.ts";
import { must } from "../must.ts";

interface Flags {
  readonly namespace?: readonly string[];
  readonly allNamespaces?: true;
  readonly pod?: readonly string[];
  readonly selector?: string;
  readonly cluster?: string;
  readonly toolbox?: true;
  readonly nodes?: true;
  readonly eks?: string;
  readonly eksCluster?: string;
  readonly subject?: string;
  readonly serverVersion?: string;
  readonly broker?: true;
  readonly json?: true;
}

const many = (value: string, before: readonly string[] = []) => [...before, value];

/** `muster grant`: prints the least RBAC that a request needs, for an administrator to read and apply. */
export function grantCommand(): Command {
  return new Command("grant")
    .description("print the least rights for a request, as YAML for kubectl apply")
    .argument("[request]", "a request's JSON file, instead of -n, -A, -l and --pod")
    .option("-n, --namespace <name>", "namespace to scan; may be given more than once", many)
    .option("-A, --all-namespaces", "all namespaces, by a ClusterRole")
    .option("-l, --selector <selector>", "label selector of the scans to come")
    .option("--pod <name>", "only this pod; may be given more than once", many)
    .option("--cluster <name>", "whose part of the request, when it names several clusters")
    .option("--toolbox", "also the right to add the toolbox to pods without a shell")
    .option(
      "--nodes",
      "also the right to read nodes, for pods that do not say whether they are Windows, or which architecture",
    )
    .option("--subject <kind:name>", "ServiceAccount:NAMESPACE/NAME, User:NAME or Group:NAME that gets it")
    .option("--eks <arn>", "IAM role or user behind the group: also prints its EKS access entry")
    .option("--eks-cluster <name>", "name of the EKS cluster in that entry")
    .option("--server-version <version>", "only what this Kubernetes asks for, such as 1.31 (default: any version)")
    .option("--broker", "rights to make a credential for each scan, instead of scanning with one's own")
    .option("--json", "one JSON document on stdout")
    .action((file: string | undefined, flags: Flags) => orExplain(flags.json ?? false, async () => grant(file, flags)));
}

function grant(file: string | undefined, flags: Flags): number {
  if (flags.serverVersion !== undefined && !/^v?\d+\.\d+/.test(flags.serverVersion)) {
    throw new ScanError("bad-request", `--server-version: "${flags.serverVersion}" must be a version, such as 1.31`);
  }
  const { entries, toolbox } = file === undefined ? fromFlags(flags) : fromFile(file, flags);
  const { subject, own } = subjectOf(flags);
  const granted = grantFor({
    entries,
    subject,
    makeSubject: own,
    toolbox,
    nodes: flags.nodes ?? false,
    serverVersion: flags.serverVersion,
    broker: flags.broker ?? false,
  });
  const eks = flags.eks === undefined ? undefined : eksEntry(flags.eks, subject.name, flags.eksCluster);
  process.stdout.write(flags.json ? asJson(granted, eks) : grantAsYaml(granted, heading(flags, eks)));
  return 0;
}

function asJson(granted: readonly Granted[], eks: EksEntry | undefined): string {
  const items = granted.map(({ object }) => object);
  return `${JSON.stringify({ apiVersion: "v1", kind: "List", items, ...(eks && { eks }) })}\n`;
}

function heading(flags: Flags, eks: EksEntry | undefined): readonly string[] {
  const what = flags.broker
    ? "What muster needs to make a credential for each scan"
    : "What muster needs for its scans";
  const lines = [`${what}, and nothing more. Apply it as an administrator: kubectl apply -f -`];
  if (eks === undefined) return lines;
  return [
    ...lines,
    "",
    "The IAM principal becomes the group by an access entry:",
    `  ${eks.command}`,
    "or as CloudFormation:",
  ]
    .concat(
      eks.cloudFormation
        .trimEnd()
        .split("\n")
        .map((line) => `  ${line}`),
    )
    .concat("");
}

interface Wanted {
  readonly entries: readonly TargetEntry[];
  readonly toolbox: boolean;
}

function fromFlags(flags: Flags): Wanted {
  if ((flags.namespace === undefined) === (flags.allNamespaces === undefined)) {
    throw new ScanError("bad-request", "say where: a request's file, -n NAMESPACE, or -A for all namespaces");
  }
  const entry = TargetEntry.safeParse({
    cluster: "cluster",
    ...(flags.namespace && { namespaces: flags.namespace.map((name) => must(LabelName, "--namespace", name)) }),
    ...(flags.pod && { pods: flags.pod.map((name) => must(SubdomainName, "--pod", name)) }),
    ...(flags.selector !== undefined && { labelSelector: flags.selector }),
  });
  if (!entry.success) throw new ScanError("bad-request", faultsAsText(faultsOf(entry.error)));
  return { entries: [entry.data], toolbox: flags.toolbox ?? false };
}

function fromFile(file: string, flags: Flags): Wanted {
  if (flags.namespace || flags.allNamespaces || flags.pod || flags.selector) {
    throw new ScanError("bad-request", `${file} says where; leave out -n, -A, -l and --pod`);
  }
  const parsed = ScanRequest.safeParse(jsonIn(file));
  if (!parsed.success) throw new ScanError("bad-request", `${file}: ${faultsAsText(faultsOf(parsed.error))}`);
  const { targets, options } = parsed.data;
  const clusters = [...new Set(targets.map(({ cluster }) => cluster))];
  if (flags.cluster === undefined && clusters.length > 1) {
    throw new ScanError("bad-request", `${file} names ${clusters.join(", ")}; say whose part with --cluster`);
  }
  const cluster = flags.cluster ?? clusters[0];
  const entries = targets.filter((entry) => entry.cluster === cluster);
  if (entries.length === 0) throw new ScanError("bad-request", `${file} names ${clusters.join(", ")}, not ${cluster}`);
  if (flags.toolbox && options?.toolbox === "never") {
    throw new ScanError("bad-request", `--toolbox: ${file} says toolbox "never"`);
  }
  return { entries, toolbox: flags.toolbox ?? options?.toolbox === "auto" };
}

function jsonIn(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new ScanError("bad-request", `cannot read ${file}`, { cause: error });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ScanError("bad-request", `${file} is not JSON`, { cause: error });
  }
}

/** Who gets the rights. Without --subject it is an account of muster's own, which is then part of the grant. */
function subjectOf(flags: Flags): { readonly subject: Subject; readonly own: boolean } {
  const account = { kind: "ServiceAccount", name: flags.broker ? "broker" : "scanner", namespace: "muster" } as const;
  const group = { kind: "Group", name: flags.broker ? "muster-brokers" : "muster-scanners" } as const;
  if (flags.subject === undefined) {
    return flags.eks === undefined ? { subject: account, own: true } : { subject: group, own: false };
  }
  const subject = parseSubject(flags.subject);
  if (flags.eks !== undefined && subject.kind !== "Group") {
    throw new ScanError(
      "bad-request",
      "--eks puts a principal into a group: give --subject Group:NAME, or leave it out",
    );
  }
  return { subject, own: false };
}

function parseSubject(text: string): Subject {
  const [, kind, name = ""] = /^(ServiceAccount|User|Group):(.+)$/.exec(text) ?? [];
  if (kind === "User" || kind === "Group") return { kind, name };
  const [, namespace = "", account = ""] = /^([^/]+)\/([^/]+)$/.exec(kind === undefined ? "" : name) ?? [];
  if (namespace === "") {
    const forms = "ServiceAccount:NAMESPACE/NAME, User:NAME or Group:NAME";
    throw new ScanError("bad-request", `--subject: ${JSON.stringify(text)} must be ${forms}`);
  }
  return {
    kind: "ServiceAccount",
    name: must(SubdomainName, "--subject", account),
    namespace: must(LabelName, "--subject", namespace),
  };
}
