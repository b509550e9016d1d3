import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Stack } from "aws-cdk-lib";
import { CfnBucket } from "aws-cdk-lib/aws-s3";
import { describe, expect, it } from "vitest";
import { Registry, scheduleRequester } from "#contract/deployment.ts";
import { ScanRequest } from "#contract/request.ts";
import { waysOut } from "../../infra/context.ts";
import { musterApp } from "../../infra/stacks/muster.ts";
import { asText, statementsOf } from "./statements.ts";
import { contexts, synthesise } from "./synthesised.ts";

interface Rule {
  readonly CidrIp?: string;
  readonly DestinationPrefixListId?: string;
  readonly DestinationSecurityGroupId?: object | string;
  readonly FromPort: number;
  readonly ToPort: number;
}

const clouds = { one: synthesise(contexts.one), forty: synthesise(contexts.forty) };

it("a finding that nobody has justified stops synthesis", () => {
  const app = musterApp(contexts.one);
  const shared = app.node.findChild("muster-main-shared");
  if (shared instanceof Stack) new CfnBucket(shared, "Naked");
  expect(() => app.synth()).toThrow(/S3 Bucket .*\(AwsSolutions\)[\s\S]*NIST.800.53.R5-S3BucketVersioningEnabled/);
});

it("as many clusters as a stack holds, with the longest names and a secret each, stay within every quota", () => {
  const one = contexts.one as Record<string, readonly object[]>;
  const [cluster, network] = [one.clusters?.[0], one.networks?.[0]];
  const clusters = Array.from({ length: 35 }, (_, index) => ({
    ...cluster,
    id: `c${index}`.padEnd(48, "x"),
    policy: { images: "registry", pullSecret: `arn:aws:secretsmanager:eu-central-1:111122223333:secret:pull-${index}` },
  }));
  const schedules = one.schedules?.map((each) => ({
    ...each,
    request: { schemaVersion: 1, profile: "p", targets: [{ cluster: clusters[0]?.id }] },
  }));
  const full = synthesise({
    ...one,
    networks: [{ ...network, imageRegistryCidrs: ["10.9.0.0/24"] }],
    clusters,
    schedules,
  });
  for (const [, { Resources }] of full.stacks) expect(Object.keys(Resources).length).toBeLessThanOrEqual(500);
  for (const { id, Properties } of full.all("AWS::IAM::ManagedPolicy")) {
    // What a reference becomes is an ARN, and of ours none has more than 140 characters.
    const text = JSON.stringify(Properties.PolicyDocument, (key, value) =>
      key === "Resource" ? [value].flat().map((each) => (typeof each === "string" ? each : "x".repeat(140))) : value,
    );
    expect(text.length, id).toBeLessThanOrEqual(6_144);
  }
});

describe.each(Object.entries(clouds))("the stacks of context %s", (_name, cloud) => {
  const { context } = cloud;
  const prefix = `muster-${context.environment}`;

  it("have at most 500 resources each", () => {
    for (const [, { Resources }] of cloud.stacks) expect(Object.keys(Resources).length).toBeLessThanOrEqual(500);
  });

  it("let nobody into a bucket without a policy, over plain HTTP, or in public", () => {
    const buckets = cloud.all("AWS::S3::Bucket");
    expect(buckets).toHaveLength(3);
    for (const { Properties } of buckets) {
      expect(Object.values(Properties.PublicAccessBlockConfiguration)).toEqual([true, true, true, true]);
      expect(Properties.VersioningConfiguration.Status).toBe("Enabled");
    }
    for (const { Properties } of cloud.all("AWS::S3::BucketPolicy")) {
      const denied = statementsOf(Properties.PolicyDocument).filter(({ effect }) => effect === "Deny");
      const [secure] = denied.map(({ conditions }) => conditions.Bool?.["aws:SecureTransport"]).filter(Boolean);
      expect(secure).toBe("false");
    }
  });

  it("lock evidence, let it only be created, and let nobody delete it", () => {
    const [evidence] = cloud.all("AWS::S3::Bucket").filter(({ Properties }) => Properties.ObjectLockEnabled);
    expect(evidence?.Properties).toMatchObject({
      ObjectLockConfiguration: {
        Rule: {
          DefaultRetention: { Mode: context.retention.lockMode.toUpperCase(), Days: context.retention.lockDays },
        },
      },
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ BucketKeyEnabled: true }] },
    });
    const policy = cloud
      .all("AWS::S3::BucketPolicy")
      .find((each) => cloud.target(each.stack, each.Properties.Bucket).id === evidence?.id);
    const statements = statementsOf(policy?.Properties.PolicyDocument).filter(({ effect }) => effect === "Deny");
    const create = statements.find(({ actions }) => actions.includes("s3:PutObject"));
    expect(create?.conditions).toEqual({ Null: { "s3:if-none-match": "true" } });
    const remove = statements.find(({ actions }) => actions.includes("s3:DeleteObject"));
    expect(remove).toMatchObject({ principal: { AWS: "*" }, conditions: {} });
    expect(remove?.resources).toEqual(create?.resources);
  });

  it("allow no wildcard action anywhere but to the owner of a key", () => {
    const documents = [...cloud.stacks.values()].flatMap(({ Resources }) =>
      Object.values(Resources)
        .filter(({ Type }) => Type !== "AWS::KMS::Key")
        .flatMap(({ Properties }) => [Properties?.PolicyDocument, Properties?.AssumeRolePolicyDocument]),
    );
    const allowed = documents.flatMap(statementsOf).filter(({ effect }) => effect === "Allow");
    expect(allowed.length).toBeGreaterThan(30);
    expect(allowed.flatMap(({ actions }) => actions).filter((action) => action.includes("*"))).toEqual([]);
  });

  it("have no way to the internet, and no inbound rule but that of the endpoints", () => {
    for (const type of ["NatGateway", "InternetGateway", "EIP", "EgressOnlyInternetGateway"]) {
      expect(cloud.all(`AWS::EC2::${type}`)).toEqual([]);
    }
    const inbound = cloud
      .all("AWS::EC2::SecurityGroup")
      .flatMap(({ Properties }) => Properties.SecurityGroupIngress ?? []);
    expect(inbound).toEqual([]);
    for (const { stack, Properties } of cloud.all("AWS::EC2::SecurityGroupIngress")) {
      expect(cloud.target(stack, Properties.SourceSecurityGroupId).Properties.GroupDescription).toBe("muster executor");
      expect(Properties.FromPort).toBe(443);
    }
  });

  it("let the executor connect to the configured ranges and ports, S3 and the endpoints, and to nothing else", () => {
    for (const network of context.networks) {
      const stack = `${prefix}-network-${network.id}`;
      const group = cloud
        .all("AWS::EC2::SecurityGroup")
        .find((each) => each.stack === stack && each.Properties.GroupDescription === "muster executor");
      const inline: readonly Rule[] = group?.Properties.SecurityGroupEgress;
      const apart = cloud
        .all("AWS::EC2::SecurityGroupEgress")
        .filter((each) => each.stack === stack && cloud.target(stack, each.Properties.GroupId).id === group?.id);
      const allowed = [...inline, ...apart.map(({ Properties }): Rule => Properties)];
      const text = (rule: Rule) => {
        const endpoints = rule.DestinationSecurityGroupId;
        const named =
          typeof endpoints === "object" ? cloud.target(stack, endpoints).Properties.GroupDescription : endpoints;
        const where = rule.CidrIp ?? rule.DestinationPrefixListId ?? named;
        return `${where}:${rule.FromPort}-${rule.ToPort}`;
      };
      const clusters = waysOut(network, context.clusters).map(({ cidr, port }) => `${cidr}:${port}-${port}`);
      const there = network.vpc.kind === "existing" ? network.vpc.endpointSecurityGroupIds : [];
      const endpoints = there.length > 0 ? there : ["muster endpoints"];
      const services = [context.s3PrefixListId, ...endpoints].map((name) => `${name}:443-443`);
      const outputs = Object.keys(cloud.stacks.get(stack)?.Outputs ?? {});
      expect(outputs.includes("ExecutorGroupId")).toBe(there.length > 0); // whose endpoints must let it in
      expect(allowed.map(text).toSorted()).toEqual([...clusters, ...services].toSorted());
    }
  });

  it("let those who send do nothing but send", () => {
    const allowed = cloud
      .all("AWS::SQS::QueuePolicy")
      .flatMap(({ Properties }) => statementsOf(Properties.PolicyDocument))
      .filter(({ effect }) => effect === "Allow");
    expect(new Set(allowed.flatMap(({ actions }) => actions))).toEqual(new Set(["sqs:SendMessage"]));
    const foreign = allowed.flatMap(({ principal }) => [(principal as { AWS?: unknown }).AWS ?? []].flat().map(asText));
    const account = (each: string) => /\d{12}/.exec(each)?.[0];
    expect(foreign.map(account).toSorted()).toEqual(context.senders.map(account).toSorted());
  });

  it("schedule requests that the dispatcher accepts, each night another one", () => {
    const schedules = cloud.all("AWS::Scheduler::Schedule");
    expect(schedules).toHaveLength(context.schedules.length);
    for (const { Properties } of schedules) {
      const { Input, RetryPolicy, DeadLetterConfig } = Properties.Target;
      const name: string = Properties.Name;
      const request = ScanRequest.parse(
        JSON.parse(Input.replace("<aws.scheduler.scheduled-time>", "2026-11-24T02:00:00Z")),
      );
      expect(request).toMatchObject({
        requestId: `${name}:2026-11-24T02:00:00Z`,
        requestedBy: scheduleRequester(name),
      });
      const wanted = context.schedules.find((schedule) => schedule.name === name);
      expect(RetryPolicy.MaximumEventAgeInSeconds).toBe((wanted?.maxAgeMinutes ?? 0) * 60);
      expect(DeadLetterConfig).toBeDefined();
    }
  });

  it("give every function and log an end, a key and a name", () => {
    for (const { Properties, id } of cloud.all("AWS::Logs::LogGroup")) {
      expect(Properties.RetentionInDays, id).toBe(context.retention.logDays);
      expect(Properties.LogGroupName, id).toMatch(new RegExp(`^/${prefix}/`)); // the key's policy asks for it
      expect(Properties.KmsKeyId, id).toBeDefined();
    }
    for (const { Properties } of cloud.all("AWS::Lambda::Function")) {
      expect(Properties.FunctionName).toMatch(new RegExp(`^${prefix}-`));
      expect(Properties.LoggingConfig.LogFormat).toBe("JSON");
    }
  });

  it("keep the functions that need no cluster out of every VPC, small, and free of the Kubernetes client", () => {
    const zips = cloud.all("AWS::Lambda::Function").filter(({ Properties }) => Properties.Handler !== undefined);
    expect(zips.map(({ Properties }) => Properties.FunctionName).toSorted()).toEqual(
      ["dead-letter", "dispatcher", "rollup"].map((name) => `${prefix}-${name}`),
    );
    for (const { Properties } of zips) {
      expect(Properties.VpcConfig).toBeUndefined();
      const folder = join(cloud.assembly, `asset.${Properties.Code.S3Key.replace(".zip", "")}`);
      expect(statSync(join(folder, "index.mjs")).size).toBeLessThanOrEqual(1.5 * 2 ** 20);
      expect(readFileSync(join(folder, "index.mjs"), "utf8")).not.toContain("KubeConfig");
      if (Properties.FunctionName.endsWith("dead-letter")) continue;
      const registry = Registry.parse(JSON.parse(readFileSync(join(folder, "registry.json"), "utf8")));
      expect(registry.clusters.map((cluster) => cluster.id)).toEqual(context.clusters.map((cluster) => cluster.id));
    }
  });

  it("ask no container engine for anything", () => {
    for (const [stack] of cloud.stacks) {
      const assets = JSON.parse(readFileSync(join(cloud.assembly, `${stack}.assets.json`), "utf8"));
      expect(assets.dockerImages ?? {}).toEqual({});
    }
  });

  it("tell somebody of every alarm", () => {
    const alarms = cloud.all("AWS::CloudWatch::Alarm");
    expect(alarms.length).toBeGreaterThan(2 * context.clusters.length + 10);
    for (const { Properties } of alarms) expect(Properties.AlarmActions, Properties.AlarmName).toHaveLength(1);
  });

  it("have a line in the runbook for every kind of alarm", () => {
    const runbook = readFileSync(new URL("../../docs/runbook.md", import.meta.url), "utf8");
    const rows = [...runbook.matchAll(/^\| (`.+?`) \|/gm)].flatMap(([, kinds = ""]) => kinds.split(", "));
    const known = rows.map((kind) => new RegExp(`-${kind.slice(1, -1).replaceAll(/<\w+>/g, ".+")}$`));
    const names = cloud.all("AWS::CloudWatch::Alarm").map(({ Properties }): string => Properties.AlarmName);
    expect(names.filter((name) => !known.some((kind) => kind.test(name)))).toEqual([]);
    const leftOut = [
      ...(context.heimdall === undefined ? ["`heimdall-dead`"] : []),
      ...(context.networks.some(({ vpn }) => vpn) ? [] : ["`tunnel`"]),
    ];
    expect(rows.filter((_, index) => !names.some((name) => known[index]?.test(name)))).toEqual(leftOut);
  });

  it("tag everything with who owns it", () => {
    for (const type of ["AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::Lambda::Function", "AWS::KMS::Key"]) {
      for (const { Properties } of cloud.all(type)) {
        const tags = new Map(Properties.Tags.map(({ Key, Value }: Record<string, string>) => [Key, Value]));
        expect(tags.get("application")).toBe("muster");
        expect(tags.get("owner")).toBe(context.owner);
        expect(["environment", "component", "data-classification"].filter((key) => !tags.has(key))).toEqual([]);
      }
    }
  });
});
