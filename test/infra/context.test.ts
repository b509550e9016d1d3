import { App, Stack } from "aws-cdk-lib";
import { Key } from "aws-cdk-lib/aws-kms";
import { describe, expect, it } from "vitest";
import { bucketOf } from "../../infra/constructs/deployment.ts";
import { functionEnvironment } from "../../infra/constructs/function-environment.ts";
import { hoursBetween } from "../../infra/context/schedule.ts";
import { readContext } from "../../infra/context.ts";
import { contexts } from "./synthesised.ts";

type Loose = Record<string, unknown>;
const one = contexts.one as Loose & { clusters: Loose[]; networks: Loose[]; schedules: Loose[] };
const [cluster = {}] = one.clusters;
const [network = {}] = one.networks;
const [schedule = {}] = one.schedules;
const existing = {
  kind: "existing",
  id: "vpc-0a1b2c3d4e5f60718",
  cidr: "10.0.0.0/16",
  availabilityZones: ["eu-central-1a"],
  subnetIds: ["subnet-0a1b2c3d4e5f60718"],
  routeTableIds: ["rtb-0a1b2c3d4e5f60718"],
};

describe("the context", () => {
  it.each<[string, Loose | undefined, string]>([
    ["is missing", undefined, "the key muster is missing"],
    ["has an unknown key", { ...one, speed: 1 }, "muster.speed: is not a known key"],
    ["sets what is derived", { ...one, visibilitySeconds: 1 }, "muster.visibilitySeconds: is not a known key"],
    ["has an unknown key deep inside", { ...one, clusters: [{ ...cluster, cpas: 3 }] }, "muster.clusters[0].cpas"],
    ["has a cap under two", { ...one, clusters: [{ ...cluster, maximumConcurrency: 1 }] }, "maximumConcurrency: "],
    [
      "names a network that is not there",
      { ...one, clusters: [{ ...cluster, network: "moon" }] },
      'muster.clusters[0].network: there is no network "moon"',
    ],
    [
      "has two clusters of one name",
      { ...one, clusters: [cluster, cluster] },
      'muster.clusters[1]: "prod" is there already',
    ],
    [
      "allows the whole internet",
      { ...one, clusters: [{ ...cluster, endpointCidrs: ["0.0.0.0/0"] }] },
      "muster.clusters[0].endpointCidrs[0]: is too wide",
    ],
    [
      "has more clusters than a stack holds",
      { ...one, clusters: Array.from({ length: 36 }, (_, n) => ({ ...cluster, id: `c${n}` })) },
      "muster.networks[0]: has 36 clusters, those with workerProfiles counted twice; 35 fit",
    ],
    [
      "has clusters that differ by a hyphen",
      { ...one, clusters: [cluster, { ...cluster, id: "prod-eu" }, { ...cluster, id: "prodeu" }] },
      'muster.clusters[2].id: must differ from "prod-eu" by more than hyphens',
    ],
    [
      "has endpoints that exist, and does not name their groups",
      { ...one, networks: [{ id: "site", vpc: { ...existing, endpoints: "existing" } }] },
      "muster.networks[0].vpc.endpointSecurityGroupIds: must name the groups",
    ],
    [
      "names groups of endpoints that it makes itself",
      { ...one, networks: [{ id: "site", vpc: { ...existing, endpointSecurityGroupIds: ["sg-0a1b2c3d4e5f60718"] } }] },
      "muster.networks[0].vpc.endpointSecurityGroupIds: must name the groups",
    ],
    [
      "forwards names out of one subnet",
      { ...one, networks: [{ id: "site", vpc: existing, resolvers: [{ domain: "corp", servers: ["10.0.0.2"] }] }] },
      "muster.networks[0].resolvers: need a VPC with two subnets",
    ],
    [
      "names a resolver rule twice",
      {
        ...one,
        networks: [{ ...network, resolverRuleIds: ["rslvr-rr-0a1b2c3d4e5f60718", "rslvr-rr-0a1b2c3d4e5f60718"] }],
      },
      "muster.networks[0].resolverRuleIds: must not name a rule twice",
    ],
    [
      "makes a VPC with host bits in its range",
      { ...one, networks: [{ ...network, vpc: { kind: "new", cidr: "10.20.1.1/16" } }] },
      "muster.networks[0].vpc.cidr: has bits set below its length",
    ],
    ...["10.0.0.0/8", "10.20.0.0/30"].map((cidr): [string, Loose, string] => [
      `makes a VPC of ${cidr}`,
      { ...one, networks: [{ ...network, vpc: { kind: "new", cidr } }] },
      "muster.networks[0].vpc.cidr: must be a /16 to /24",
    ]),
    [
      "has a time zone that is none",
      { ...one, schedules: [{ ...schedule, timezone: "Europe/Berln" }] },
      "muster.schedules[0].timezone: must be an IANA time zone",
    ],
    ...["cron(0 3 * * * *)", "cron(0 3 ? * ? *)"].map((expression): [string, Loose, string] => [
      `has the schedule ${expression}`,
      { ...one, schedules: [{ ...schedule, expression }] },
      "muster.schedules[0].expression: must have a ?",
    ]),
    [
      "schedules a request that is too long for the dispatcher",
      {
        ...one,
        schedules: [
          {
            ...schedule,
            request: {
              ...Object(schedule.request),
              targets: [{ cluster: "prod", namespaces: Array.from({ length: 90 }, (_, n) => `n${n}`.padEnd(60, "x")) }],
            },
          },
        ],
      },
      "muster.schedules[0].request: has 5",
    ],
    [
      "leaves so many profiles to workers that a stack does not hold the queues",
      {
        ...one,
        clusters: Array.from({ length: 18 }, (_, n) => ({ ...cluster, id: `c${n}`, workerProfiles: ["long"] })),
      },
      "muster.networks[0]: has 36 clusters, those with workerProfiles counted twice; 35 fit",
    ],
    [
      "leaves a profile to the worker that has all of them",
      { ...one, clusters: [{ ...cluster, scanBy: "worker", workerProfiles: ["long"] }] },
      'muster.clusters[0].workerProfiles: is for scanBy "function"',
    ],
    [
      "has more ranges than a security group holds",
      {
        ...one,
        clusters: Array.from({ length: 30 }, (_, n) => ({
          ...cluster,
          id: `c${n}`,
          endpointCidrs: [`10.1.${n}.0/24`, `10.2.${n}.0/24`],
        })),
      },
      "leads to 60 pairs of range and port",
    ],
    [
      "gives an existing VPC a VPN",
      { ...one, networks: [{ ...network, vpc: existing }] },
      "muster.networks[0].vpc.kind: must be new",
    ],
    [
      "gives subnets without their zones",
      { ...one, networks: [{ id: "site", vpc: { ...existing, availabilityZones: ["a", "b"] } }] },
      "muster.networks[0].vpc.subnetIds: must be as many as",
    ],
    [
      "schedules a request that is none",
      { ...one, schedules: [{ ...schedule, request: { profile: "x" } }] },
      "muster.schedules[0].request.",
    ],
    [
      "schedules a cluster that is not there",
      {
        ...one,
        schedules: [{ ...schedule, request: { schemaVersion: 1, profile: "x", targets: [{ cluster: "mars" }] } }],
      },
      'muster.schedules[0].request.targets[0].cluster: there is no cluster "mars"',
    ],
    [
      "sets a schedule's requestId",
      { ...one, schedules: [{ ...schedule, request: { ...Object(schedule.request), requestId: "x" } }] },
      "request.requestId: is set by the schedule",
    ],
    [
      "lets a run wait into the next",
      { ...one, schedules: [{ ...schedule, expression: "rate(1 hour)", maxAgeMinutes: 60 }] },
      "muster.schedules[0].maxAgeMinutes: must be less",
    ],
    [
      "names an image by nothing",
      { ...one, executor: { image: { repository: "r" } } },
      "must have either tag or digest",
    ],
    [
      "expires evidence under lock",
      { ...one, retention: { lockDays: 90, expireDays: 90 } },
      "muster.retention.expireDays: must be more than lockDays (90)",
    ],
    [
      "trusts a key that is none",
      { ...one, trustedKeys: ["AAAA"] },
      "muster.trustedKeys[0]: must be base64 of a P-256 public key",
    ],
    ["admits a sender that is nobody", { ...one, senders: ["everybody"] }, "muster.senders[0]: must be the 12 digits"],
  ])("that %s stops synthesis with a message that names it", (_what, value, message) => {
    expect(() => readContext(value)).toThrow(message);
  });

  it("names every fault at once", () => {
    const wrong = { ...one, environment: "Main", clusters: [{ ...cluster, ports: [0] }], extra: 1 };
    expect(() => readContext(wrong)).toThrow(
      /muster\.environment: .*\n.*muster\.clusters\[0\]\.ports\[0\]: .*\n.*muster\.extra/,
    );
  });
});

it.each([
  ["rate(15 minutes)", 0.25],
  ["rate(2 days)", 48],
  ["cron(0 * * * ? *)", 1],
  ["cron(0 0/6 * * ? *)", 6],
  ["cron(0 3,15 * * ? *)", 24],
  ["cron(0 3 ? * MON-FRI *)", 168],
  ["cron(0 3 1 * ? *)", undefined],
])("%s runs at least once in %s hours", (expression, hours) => {
  expect(hoursBetween(expression)).toBe(hours);
});

it("a function's environment that outgrows its share stops synthesis", () => {
  const stack = new Stack(new App(), "s");
  const buckets = { evidence: bucketOf(stack, "m", "evidence"), published: bucketOf(stack, "m", "published") };
  const deployment = { name: "m", ...buckets, dataKey: new Key(stack, "k"), logDays: 90 };
  expect(() => functionEnvironment(stack, { deployment })).not.toThrow();
  const own = { CLUSTERS: "x".repeat(3_000) };
  expect(() => functionEnvironment(stack, { deployment, own })).toThrow(/bytes of environment; 3072 are allowed/);
});
