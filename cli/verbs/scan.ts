import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { connect } from "#cluster/connection.ts";
import { ownKubeconfig } from "#cluster/kubeconfig.ts";
import { ScanError } from "#contract/errors.ts";
import { LabelName, SubdomainName } from "#contract/names.ts";
import { type ClusterPolicy, strictPolicy } from "#contract/policy.ts";
import type { ScanRequest, TargetEntry } from "#contract/request.ts";
import type { Registration } from "#ledger/registry.ts";
import type { ImageSource } from "#reach/image/through-image.ts";
import { carryOut } from "../carry-out.ts";
import { orExplain } from "../failure.ts";
import { must } from "../must.ts";
import { profileFrom, slug } from "../profile-source.ts";
import { progressOn } from "../progress.ts";
import { checkDocument } from "../registering/document.ts";
import { showOutcomes } from "../show.ts";
import { showVerified } from "../verify/show-verified.ts";
import { verify } from "../verify/verify.ts";

interface Flags {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: readonly string[];
  readonly allNamespaces?: true;
  readonly selector?: string;
  readonly pod?: readonly string[];
  readonly container?: readonly string[];
  readonly profile: readonly string[];
  readonly out: string;
  readonly inputFile?: string;
  readonly waiverFile?: string;
  readonly deadline?: number;
  readonly concurrency?: number;
  readonly sample?: "all" | "one-per-image";
  readonly maxTargets?: number;
  readonly olderAuditor?: "ok";
  readonly presentAsContainer?: true;
  readonly containerFacts?: true;
  readonly toolbox?: string;
  readonly perScanCredentials?: true;
  readonly imageFile?: string;
  readonly imageFromRegistry?: true;
  readonly pullSecret?: string;
  readonly verify?: true;
  readonly json?: true;
}

const many = (value: string, before: readonly string[] = []) => [...before, value];

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError("must be a number above 0.");
  return value;
}

/** `muster scan`: the whole path, from request to report, against any cluster that a kubeconfig names. */
export function scanCommand(): Command {
  return new Command("scan")
    .description("scan containers of the cluster that a kubeconfig names; reports go into a folder")
    .argument("[targets...]", "NAMESPACE/POD or NAMESPACE/POD/CONTAINER, instead of -n, -l and --pod")
    .option("--kubeconfig <file>", "kubeconfig (default: as kubectl finds it)")
    .option("--context <name>", "context in it (default: its current-context)")
    .option("-n, --namespace <name>", "namespace; may be given more than once", many)
    .option("-A, --all-namespaces", "all namespaces")
    .option("-l, --selector <selector>", "label selector, as in kubectl")
    .option("--pod <name>", "pod; may be given more than once", many)
    .option("--container <name>", "container; may be given more than once (default: all)", many)
    .option("--profile <name or folder>", "profile; may be given more than once (default: container-baseline)", many)
    .option("--out <folder>", "where the reports go", "muster-reports")
    .option("--input-file <file>", "YAML of inputs for the profile")
    .option("--waiver-file <file>", "YAML of waivers")
    .option("--deadline <minutes>", "for each container", positive)
    .option("--concurrency <n>", "containers at once, 2 to 1000", positive)
    .addOption(new Option("--sample <what>", "which replicas").choices(["all", "one-per-image"]))
    .option("--max-targets <n>", "refuse to scan more", positive)
    .addOption(new Option("--older-auditor <ok>", "run profiles that ask for a newer auditor").choices(["ok"]))
    .option("--present-as-container", "let profiles see that they look at a container")
    .option("--container-facts", "hand image, labels and security context to profiles, as the input muster_container")
    .option("--toolbox <image>", "for containers without a shell: add this toolbox image to their pods, by digest")
    .option("--per-scan-credentials", "enter each pod as an account of its own, made for the scan and deleted after it")
    .option(
      "--image-file <file>",
      "for containers that cannot be entered: their image, an OCI layout or a docker archive",
    )
    .option(
      "--image-from-registry",
      "for containers that cannot be entered: read their image where the node had it from",
    )
    .option("--pull-secret <file>", "for --image-from-registry: a .dockerconfigjson")
    .option("--verify", "run each profile over the session and twice with one exec a command, and compare")
    .option("--json", "one JSON document on stdout")
    .action((targets: readonly string[], flags: Flags) => orExplain(flags.json ?? false, () => scan(targets, flags)));
}

async function scan(targets: readonly string[], flags: Flags): Promise<number> {
  const config = ownKubeconfig(flags.kubeconfig, flags.context);
  const cluster = slug(config.getCurrentContext());
  const entries = targets.length > 0 ? targets.map((text) => named(text, cluster, flags)) : [selected(cluster, flags)];
  const registrations: Registration[] = [];
  const names: string[] = [];
  for (const nameOrFolder of flags.profile ?? ["container-baseline"]) {
    const profile = await profileFrom(nameOrFolder);
    registrations.push(profile);
    names.push(profile.name);
  }
  const attach = (kind: "inputs" | "waivers", flag: string, file: string | undefined) => {
    if (file === undefined) return {};
    const bytes = read(flag, file);
    checkDocument(kind, bytes, `${flag}: ${file}`);
    registrations.push({ kind, name: "from-file", bytes });
    return { [kind]: "from-file" };
  };
  const request: ScanRequest = {
    schemaVersion: 1,
    profile: names,
    targets: entries,
    options: {
      ...attach("inputs", "--input-file", flags.inputFile),
      ...attach("waivers", "--waiver-file", flags.waiverFile),
      ...(flags.deadline !== undefined && { deadlineMinutes: flags.deadline }),
      ...(flags.sample !== undefined && { sample: flags.sample }),
      ...(flags.maxTargets !== undefined && { maxTargets: flags.maxTargets }),
      ...(flags.olderAuditor === "ok" && { olderAuditor: true }),
      ...(flags.presentAsContainer && { presentAsContainer: true }),
      ...(flags.containerFacts && { containerFacts: true }),
    },
  };
  const progress = progressOn(process.stderr);
  if (flags.verify) {
    const connection = connect(cluster, config);
    const verified = verify({ request, registrations, connection, progress }).finally(() => connection.close());
    return showVerified(await verified, flags.json ?? false);
  }
  const carried = await carryOut({
    request,
    registrations,
    clusters: new Map([[cluster, async () => connect(cluster, config)]]),
    store: resolve(flags.out),
    concurrency: flags.concurrency,
    policy: policyFrom(flags),
    images: imagesFrom(flags),
    progress,
  });
  return showOutcomes(carried, flags.json ?? false);
}

function policyFrom({ toolbox, perScanCredentials }: Flags): ClusterPolicy {
  return {
    ...strictPolicy,
    ...(toolbox !== undefined && { toolbox: { use: "auto", image: toolbox } }),
    ...(perScanCredentials && { credentials: "per-scan" }),
  };
}

function imagesFrom({ imageFile, imageFromRegistry, pullSecret }: Flags): ImageSource | undefined {
  if (imageFile !== undefined) return { kind: "file", path: resolve(imageFile) };
  if (imageFromRegistry === undefined) return undefined;
  const secret = pullSecret === undefined ? undefined : Buffer.from(read("--pull-secret", pullSecret)).toString("utf8");
  return { kind: "registry", pullSecret: secret };
}

/** `namespace/pod` or `namespace/pod/container`. A part that is missing is an error: no namespace is ever assumed. */
function named(text: string, cluster: string, flags: Flags): TargetEntry {
  if (flags.namespace || flags.allNamespaces || flags.selector || flags.pod || flags.container) {
    throw new ScanError("bad-request", `"${text}" names its target whole; leave out -n, -A, -l, --pod and --container`);
  }
  const [namespace, pod, container, ...more] = text.split("/");
  if (namespace === undefined || pod === undefined || more.length > 0) {
    throw new ScanError("bad-request", `"${text}" must be NAMESPACE/POD or NAMESPACE/POD/CONTAINER`);
  }
  return {
    cluster,
    namespaces: [must(LabelName, `namespace in "${text}"`, namespace)],
    pods: [must(SubdomainName, `pod in "${text}"`, pod)],
    ...(container !== undefined && { containers: [must(LabelName, `container in "${text}"`, container)] }),
  };
}

function selected(cluster: string, flags: Flags): TargetEntry {
  if ((flags.namespace === undefined) === (flags.allNamespaces === undefined)) {
    throw new ScanError("bad-request", "say where to look: either -n NAMESPACE or -A for all namespaces");
  }
  return {
    cluster,
    ...(flags.namespace && { namespaces: flags.namespace.map((name) => must(LabelName, "--namespace", name)) }),
    ...(flags.selector !== undefined && { labelSelector: flags.selector }),
    ...(flags.pod && { pods: flags.pod.map((name) => must(SubdomainName, "--pod", name)) }),
    ...(flags.container && { containers: flags.container.map((name) => must(LabelName, "--container", name)) }),
  };
}

function read(flag: string, file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new ScanError("bad-request", `${flag}: cannot read ${file}`, { cause: error });
  }
}
