import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { asText, statementsOf } from "./statements.ts";
import { contexts, synthesise } from "./synthesised.ts";

const clouds = { one: synthesise(contexts.one), forty: synthesise(contexts.forty) };

describe.each(Object.entries(clouds))("the networks of context %s", (_name, cloud) => {
  const { context } = cloud;
  const stackOf = (id: string) => `muster-${context.environment}-network-${id}`;
  const of = (id: string, type: string) => cloud.all(type).filter(({ stack }) => stack === stackOf(id));

  it("let through their endpoints only named actions, on named resources of this deployment", () => {
    for (const { id, Properties } of cloud.all("AWS::EC2::VPCEndpoint")) {
      const statements = statementsOf(Properties.PolicyDocument);
      expect(statements.length, id).toBeGreaterThan(0);
      for (const { actions, resources } of statements) {
        expect(actions.filter((action) => action.includes("*"))).toEqual([]);
        expect(resources.filter((resource) => resource === "*")).toEqual([]);
      }
    }
  });

  it("are looked up nowhere: what exists already is known by its ids", () => {
    const manifest = JSON.parse(readFileSync(join(cloud.assembly, "manifest.json"), "utf8"));
    expect(manifest.missing).toBeUndefined();
    for (const { id, vpc } of context.networks.filter((network) => network.vpc.kind === "existing")) {
      expect(of(id, "AWS::EC2::VPC")).toEqual([]);
      if (vpc.kind !== "existing") continue;
      const executor = of(id, "AWS::Lambda::Function")[0]?.Properties.VpcConfig;
      expect(executor.SubnetIds).toEqual(vpc.subnetIds);
    }
  });

  it("have the VPN that the context describes, with its routes, and the alarm for its tunnels", () => {
    for (const { id, vpn } of context.networks) {
      const [connection] = of(id, "AWS::EC2::VPNConnection");
      expect(connection !== undefined).toBe(vpn !== undefined);
      if (vpn === undefined) continue;
      const routes = of(id, "AWS::EC2::VPNConnectionRoute").map(({ Properties }) => Properties.DestinationCidrBlock);
      expect(routes).toEqual(vpn.staticRoutes);
      const [gateway] = of(id, "AWS::EC2::CustomerGateway");
      expect(gateway?.Properties).toMatchObject({ IpAddress: vpn.customerGatewayIp, BgpAsn: vpn.asn });
      const alarms = of(id, "AWS::CloudWatch::Alarm").map(({ Properties }): string => Properties.AlarmName);
      expect(alarms.filter((name) => name.endsWith("-tunnel"))).toHaveLength(1);
    }
  });

  it("reach the ranges behind a transit gateway, where there is one", () => {
    for (const { id, transitGateway } of context.networks) {
      const routes = of(id, "AWS::EC2::Route").filter(({ Properties }) => Properties.TransitGatewayId !== undefined);
      const ranges = new Set(routes.map(({ Properties }): string => Properties.DestinationCidrBlock));
      expect([...ranges].toSorted()).toEqual([...(transitGateway?.routes ?? [])].toSorted());
    }
  });

  it("ask private names of the servers that the context names", () => {
    for (const { id, resolvers, resolverRuleIds } of context.networks) {
      const rules = of(id, "AWS::Route53Resolver::ResolverRule").map(({ Properties }) => ({
        domain: Properties.DomainName,
        servers: Properties.TargetIps.map(({ Ip }: { Ip: string }) => Ip),
      }));
      expect(rules).toEqual(resolvers);
      const joined = of(id, "AWS::Route53Resolver::ResolverRuleAssociation");
      expect(joined).toHaveLength(resolvers.length + resolverRuleIds.length);
    }
  });

  it("write down every connection of a VPC of their own", () => {
    const own = context.networks.filter(({ vpc }) => vpc.kind === "new").length;
    expect(cloud.all("AWS::EC2::FlowLog").map(({ Properties }) => Properties.TrafficType)).toEqual(
      Array.from({ length: own }, () => "ALL"),
    );
  });

  it("have a record a cluster: EKS's written by the stack, others empty, rotated where the context hooks that in", () => {
    const records = cloud.all("AWS::SecretsManager::Secret");
    expect(records).toHaveLength(context.clusters.length);
    for (const { id, auth } of context.clusters) {
      const record = records.find(
        ({ Properties }) => Properties.Name === `muster-${context.environment}/clusters/${id}`,
      );
      expect(record?.Properties.KmsKeyId).toBeDefined();
      expect(record?.Properties.SecretString !== undefined).toBe(auth.kind === "eks");
      expect(record?.Properties.GenerateSecretString).toBeUndefined();
    }
    const hooked = context.clusters.flatMap(({ auth }) =>
      auth.kind === "record" && auth.rotationFunctionArn !== undefined ? [auth.rotationFunctionArn] : [],
    );
    const rotations = cloud.all("AWS::SecretsManager::RotationSchedule");
    expect(rotations.map(({ Properties }) => Properties.RotationLambdaARN)).toEqual(hooked);
  });
});

describe.each(Object.entries(clouds))("the shared stack of context %s", (_name, cloud) => {
  it("has a P-256 key that signs and nothing else, and one that encrypts and is rotated", () => {
    const keys = cloud.all("AWS::KMS::Key").map(({ Properties }) => Properties);
    expect(keys).toHaveLength(2);
    expect(keys).toContainEqual(expect.objectContaining({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" }));
    expect(keys).toContainEqual(expect.objectContaining({ EnableKeyRotation: true }));
  });

  it("plans schedules in their own time zone, within their window", () => {
    for (const { Properties } of cloud.all("AWS::Scheduler::Schedule")) {
      const wanted = cloud.context.schedules.find(({ name }) => name === Properties.Name);
      expect(Properties.ScheduleExpressionTimezone).toBe(wanted?.timezone);
      expect(Properties.FlexibleTimeWindow).toEqual(
        wanted?.flexibleMinutes === 0
          ? { Mode: "OFF" }
          : { Mode: "FLEXIBLE", MaximumWindowInMinutes: wanted?.flexibleMinutes },
      );
    }
  });

  it("encrypts queues by SQS itself, so that foreign senders need no key, and refuses plain HTTP on each", () => {
    const queues = cloud.all("AWS::SQS::Queue");
    expect(queues.filter(({ Properties }) => Properties.SqsManagedSseEnabled !== true)).toEqual([]);
    const guarded = cloud
      .all("AWS::SQS::QueuePolicy")
      .filter(({ Properties }) =>
        statementsOf(Properties.PolicyDocument).some(
          ({ effect, conditions }) => effect === "Deny" && conditions.Bool?.["aws:SecureTransport"] === "false",
        ),
      )
      .flatMap(({ Properties }) => Properties.Queues.map(asText));
    expect(new Set(guarded).size).toBe(queues.length);
  });
});
