import * as z from "zod";
import { faultsOf } from "#contract/faults.ts";
import type { ClusterPolicy } from "#contract/policy.ts";
import { Cluster } from "./context/cluster.ts";
import { HeimdallContext } from "./context/heimdall.ts";
import { Network } from "./context/network.ts";
import { hoursBetween, Schedule } from "./context/schedule.ts";
import { AccountId, arnOf, idOf, logDays, TrustedKey } from "./context/values.ts";

const Retention = z.strictObject({
  lockMode: z
    .enum(["governance", "compliance"])
    .default("governance")
    .describe("Object Lock of the evidence. `compliance`: nobody, not even root, can delete or shorten."),
  lockDays: z.number().int().min(1).max(3_650).default(90).describe("How long evidence cannot be deleted."),
  expireDays: z
    .number()
    .int()
    .min(30)
    .max(36_500)
    .optional()
    .describe("When evidence expires; more than `lockDays`. Without it, evidence is kept for ever."),
  logDays: z
    .union(logDays.map((days) => z.literal(days)))
    .default(90)
    .describe("How long logs are kept; one of CloudWatch's values."),
});

const Executor = z.strictObject({
  image: z
    .strictObject({
      repository: z.string().min(1).describe("Name of an ECR repository in this account and region."),
      tag: z.string().min(1).optional().describe("Tag of the image, or else `digest`."),
      digest: z
        .string()
        .regex(/^sha256:[0-9a-f]{64}$/, "must be sha256: and 64 hexadecimal digits")
        .optional()
        .describe("Digest of the image: a push of another image under the same tag then changes nothing."),
    })
    .refine(({ tag, digest }) => (tag === undefined) !== (digest === undefined), "must have either tag or digest")
    .describe("Image of the executor function."),
  architecture: z.enum(["x86_64", "arm64"]).default("x86_64").describe("What the image is built for."),
  memoryMiB: z.number().int().min(1_024).max(10_240).default(2_048).describe("Memory; 1,769 MiB are one vCPU."),
  diskMiB: z.number().int().min(512).max(10_240).default(1_024).describe("Temp folder: unpacked profiles, reports."),
  timeoutMinutes: z.number().int().min(2).max(15).default(15).describe("How long one task may take."),
});

const Alarms = z.strictObject({
  topicArn: arnOf("sns").optional().describe("Topic to tell. Without it, a topic of its own is made."),
  emails: z.array(z.email("must be an e-mail address")).default([]).describe("Addresses told by the own topic."),
  objectiveMinutes: z
    .number()
    .int()
    .min(5)
    .max(1_440)
    .default(30)
    .describe("How long a request should take from queue to end. An alarm goes off at twice that."),
});

/** Ten or eleven resources a cluster, about sixty a network, 500 a stack (CloudFormation quotas). */
const mostClustersPerNetwork = 35;

/** A security group has 60 outbound rules (VPC quotas); S3 and the endpoints take two. */
const mostWaysOut = 58;

/** Every pair of range and port that a network's executor may connect to, once. */
export function waysOut(network: Network, clusters: readonly Cluster[]): readonly { cidr: string; port: number }[] {
  const pairs = clusters
    .filter((cluster) => cluster.network === network.id)
    .flatMap(({ endpointCidrs, ports }) => endpointCidrs.flatMap((cidr) => ports.map((port) => ({ cidr, port }))));
  const registries = network.imageRegistryCidrs.map((cidr) => ({ cidr, port: 443 }));
  return [...new Map([...pairs, ...registries].map((pair) => [`${pair.cidr}:${pair.port}`, pair])).values()];
}

/** What a deployment asks of a policy beyond its schema. */
function* policyFaults(
  { toolbox, images, pullSecret }: ClusterPolicy,
  network: Network | undefined,
): Generator<readonly [readonly string[], string]> {
  if (toolbox.image !== undefined && !/@sha256:[0-9a-f]{64}$/.test(toolbox.image)) {
    yield [["toolbox", "image"], "must be an image by digest: name@sha256:…"];
  }
  if (images === "registry" && network?.imageRegistryCidrs.length === 0) {
    yield [["images"], `needs imageRegistryCidrs in network "${network.id}": the executor can connect to nothing else`];
  }
  if (pullSecret !== undefined && !/^arn:aws[a-z-]*:secretsmanager:/.test(pullSecret)) {
    yield [["pullSecret"], "must be an ARN of secretsmanager"];
  }
}

/** The context key `muster`: everything that a deployment can be told. */
export const Context = z
  .strictObject({
    environment: z
      .string()
      .regex(/^[a-z][a-z0-9]{0,11}$/, "must be 1 to 12 characters of a-z and 0-9, a letter first")
      .default("main")
      .describe("Begins every name, so that several deployments fit into one account and region."),
    owner: z.string().min(1).default("platform").describe("Tag `owner` on everything."),
    dataClassification: z.string().min(1).default("confidential").describe("Tag `data-classification` on everything."),
    s3PrefixListId: idOf("pl").describe(
      "The region's prefix list of S3 (`aws ec2 describe-managed-prefix-lists`): the executor's only way out besides clusters.",
    ),
    networks: z.array(Network).min(1).describe("Ways to clusters. Each is a stack with one executor function."),
    clusters: z.array(Cluster).min(1).describe("The clusters that requests may name."),
    schedules: z.array(Schedule).default([]).describe("Scans at set times."),
    senders: z
      .array(z.union([AccountId, arnOf("iam")], "must be the 12 digits of an AWS account, or an ARN of iam"))
      .default([])
      .describe("Other accounts or roles that may send to the request queue; they get nothing else."),
    taskEvents: z
      .boolean()
      .default(false)
      .describe("Also puts `Scan Task Finished` on the bus, one event a container and profile."),
    trustedKeys: z
      .array(TrustedKey)
      .max(8)
      .default([])
      .describe(
        "Public keys that may have signed profiles, inputs and waivers, besides the deployment's own: `trusted` of `muster key --json`.",
      ),
    heimdall: HeimdallContext.optional().describe("A Heimdall server that gets every report. Without it, none does."),
    retention: Retention.prefault({}).describe("How long things are kept."),
    executor: Executor.describe("The function that looks into containers."),
    alarms: Alarms.prefault({}).describe("Who is told, and when."),
  })
  .superRefine((context, issues) => {
    const fault = (path: readonly PropertyKey[], message: string) =>
      issues.addIssue({ code: "custom", path: [...path], message });
    const { networks, clusters, schedules, retention } = context;
    const lists = { networks: networks.map(({ id }) => id), clusters: clusters.map(({ id }) => id) };
    const named = { ...lists, schedules: schedules.map(({ name }) => name) };
    for (const [key, names] of Object.entries(named)) {
      const again = names.findIndex((name, index) => names.indexOf(name) !== index);
      if (again >= 0) fault([key, again], `"${names[again]}" is there already`);
    }
    // Names in CloudFormation have no hyphens.
    for (const [first, ...others] of Map.groupBy(new Set(lists.clusters), (id) => id.replaceAll("-", "")).values()) {
      for (const id of others) {
        fault(["clusters", lists.clusters.indexOf(id), "id"], `must differ from "${first}" by more than hyphens`);
      }
    }
    for (const [index, { network, policy, scanBy, workerProfiles }] of clusters.entries()) {
      if (scanBy === "worker" && workerProfiles.length > 0) {
        fault(["clusters", index, "workerProfiles"], 'is for scanBy "function": a worker takes every profile here');
      }
      const way = networks.find(({ id }) => id === network);
      if (way === undefined) fault(["clusters", index, "network"], `there is no network "${network}"`);
      for (const [key, message] of policyFaults(policy, way)) fault(["clusters", index, "policy", ...key], message);
    }
    for (const [index, network] of networks.entries()) {
      const own = clusters.filter((cluster) => cluster.network === network.id);
      const count = own.length + own.filter(({ workerProfiles }) => workerProfiles.length > 0).length;
      const text = `has ${count} clusters, those with workerProfiles counted twice; ${mostClustersPerNetwork} fit into one stack, so add another network`;
      if (count > mostClustersPerNetwork) fault(["networks", index], text);
      const rules = waysOut(network, clusters).length;
      const tooMany = `leads to ${rules} pairs of range and port; a security group holds ${mostWaysOut}, so join ranges`;
      if (rules > mostWaysOut) fault(["networks", index], tooMany);
    }
    for (const [index, { expression, maxAgeMinutes, request }] of schedules.entries()) {
      const hours = hoursBetween(expression);
      if (hours !== undefined && maxAgeMinutes >= hours * 60) {
        fault(["schedules", index, "maxAgeMinutes"], "must be less than the time between two runs");
      }
      for (const [at, { cluster }] of request.targets.entries()) {
        if (lists.clusters.includes(cluster)) continue;
        fault(["schedules", index, "request", "targets", at, "cluster"], `there is no cluster "${cluster}"`);
      }
    }
    if (retention.expireDays !== undefined && retention.expireDays <= retention.lockDays) {
      fault(["retention", "expireDays"], `must be more than lockDays (${retention.lockDays})`);
    }
  });
export type Context = z.infer<typeof Context>;

/** The context of a deployment. Throws one Error that names every wrong key, by its path below `muster`. */
export function readContext(value: unknown): Context {
  if (value === undefined) throw new Error("context: the key muster is missing; cdk.json has an example");
  const parsed = Context.safeParse(value);
  if (parsed.success) return parsed.data;
  const lines = faultsOf(parsed.error).map(({ field, message }) => `  muster.${field}: ${message}`);
  throw new Error(`the context is wrong (docs/context.md has every key):\n${lines.join("\n")}`);
}
