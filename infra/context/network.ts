import * as z from "zod";
import { RegisteredName } from "#contract/names.ts";
import { Cidr, distinctBy, Ip, idOf } from "./values.ts";

const NewVpc = z.strictObject({
  kind: z.literal("new"),
  cidr: Cidr.refine(
    (cidr) => between(cidr, 16, 24),
    "must be a /16 to /24: a VPC with two subnets is made in it",
  ).describe("Range of the VPC; /16 to /24. It must not overlap with what it is to reach."),
});

const ExistingVpc = z
  .strictObject({
    kind: z.literal("existing"),
    id: idOf("vpc").describe("The VPC. Nothing is looked up: the other keys here say what it has."),
    cidr: Cidr.describe("Its range."),
    availabilityZones: z.array(z.string()).min(1).describe("The zones of `subnetIds`, in the same order."),
    subnetIds: z.array(idOf("subnet")).min(1).describe("Private subnets for the executor and the endpoints."),
    routeTableIds: z.array(idOf("rtb")).min(1).describe("Their route tables, in the same order."),
    endpoints: z
      .enum(["create", "existing"])
      .default("create")
      .describe("`existing` when the VPC has endpoints for S3, SQS, Secrets Manager and KMS already."),
    endpointSecurityGroupIds: z
      .array(idOf("sg"))
      .max(5)
      .default([])
      .describe(
        "Security groups of `existing` endpoints: the executor may connect to them. They must let it in, by the output `ExecutorGroupId`.",
      ),
  })
  .refine(({ endpoints, endpointSecurityGroupIds: { length } }) => (endpoints === "existing") === length > 0, {
    path: ["endpointSecurityGroupIds"],
    message: "must name the groups of endpoints that are existing, and of no others",
  })
  .refine(
    ({ availabilityZones, subnetIds, routeTableIds }) =>
      new Set([availabilityZones.length, subnetIds.length, routeTableIds.length]).size === 1,
    {
      path: ["subnetIds"],
      message: "must be as many as availabilityZones and routeTableIds: the lists go side by side",
    },
  );

const Vpn = z.strictObject({
  customerGatewayIp: Ip.describe("Public address of the device at the other end."),
  asn: z.number().int().min(1).max(4_294_967_294).default(65_000).describe("BGP number of that device."),
  staticRoutes: z.array(Cidr).default([]).describe("Ranges behind the VPN. Without any, routes are learned by BGP."),
  preSharedKeySecrets: z
    .array(z.string().min(1))
    .max(2)
    .default([])
    .describe("Secrets Manager names with the tunnels' pre-shared keys. Without any, AWS makes them."),
});

const TransitGateway = z.strictObject({
  id: idOf("tgw").describe("The transit gateway to attach the new VPC to."),
  routes: z.array(Cidr).min(1).describe("Ranges that are reached through it."),
});

const Resolver = z.strictObject({
  domain: z
    .string()
    .regex(/^[a-z0-9.-]+$/, "must be a domain such as corp.example")
    .describe("Names below this domain are asked of `servers`."),
  servers: z.array(Ip).min(1).max(6).describe("Name servers behind the VPN or transit gateway."),
});

function between(cidr: string, widest: number, narrowest: number): boolean {
  const length = Number(cidr.split("/")[1]);
  return length >= widest && length <= narrowest;
}

/** A way to clusters: one VPC with one executor function in it. */
export const Network = z
  .strictObject({
    id: RegisteredName.max(24).describe("Name of the network; part of stack and function names."),
    vpc: z.discriminatedUnion("kind", [NewVpc, ExistingVpc]).describe("The VPC that the executor runs in."),
    vpn: Vpn.optional().describe("A site-to-site VPN with two tunnels. Only with a new VPC."),
    transitGateway: TransitGateway.optional().describe("An attachment to a transit gateway. Only with a new VPC."),
    resolvers: z.array(Resolver).default([]).describe("Forwarding rules for private names of API servers."),
    resolverRuleIds: z
      .array(idOf("rslvr-rr"))
      .default([])
      .describe("Forwarding rules that exist already, to associate with the VPC."),
    imageRegistryCidrs: z
      .array(Cidr)
      .default([])
      .describe("Registries that may be asked (port 443) for image layers, where a container cannot be entered."),
  })
  .refine(({ vpc, vpn, transitGateway }) => vpc.kind === "new" || (!vpn && !transitGateway), {
    path: ["vpc", "kind"],
    message: "must be new when vpn or transitGateway is given: an existing VPC keeps its own ways out",
  })
  .refine(({ resolvers }) => distinctBy<{ domain: string }>(({ domain }) => domain)[0](resolvers), {
    path: ["resolvers"],
    message: "must not name a domain twice",
  })
  .refine(({ resolverRuleIds }) => distinctBy<string>((id) => id)[0](resolverRuleIds), {
    path: ["resolverRuleIds"],
    message: "must not name a rule twice",
  })
  .refine(({ resolvers, vpc }) => resolvers.length === 0 || vpc.kind === "new" || vpc.subnetIds.length > 1, {
    path: ["resolvers"],
    message: "need a VPC with two subnets at the least: Route 53 Resolver forwards from two addresses",
  });
export type Network = z.infer<typeof Network>;
