import { type ISubnet, type IVpc, Peer, Port, SecurityGroup } from "aws-cdk-lib/aws-ec2";
import { CfnResolverEndpoint, CfnResolverRule, CfnResolverRuleAssociation } from "aws-cdk-lib/aws-route53resolver";
import { Construct } from "constructs";
import type { Network } from "../context/network.ts";

export interface PrivateNamesProps {
  readonly vpc: IVpc;
  readonly subnets: readonly ISubnet[];
  readonly resolvers: Network["resolvers"];
  /** Rules that exist already. */
  readonly ruleIds: readonly string[];
}

/** Names of API servers that only the other end of a VPN knows: its name servers are asked for their domains. */
export class PrivateNames extends Construct {
  readonly #vpc: IVpc;

  constructor(scope: Construct, id: string, { vpc, subnets, resolvers, ruleIds }: PrivateNamesProps) {
    super(scope, id);
    this.#vpc = vpc;
    for (const ruleId of ruleIds) this.#associate(ruleId, ruleId);
    if (resolvers.length === 0) return;
    const group = new SecurityGroup(this, "Group", { vpc, allowAllOutbound: false, description: "muster resolver" });
    for (const server of new Set(resolvers.flatMap(({ servers }) => servers))) {
      group.addEgressRule(Peer.ipv4(`${server}/32`), Port.udp(53), "to a name server");
      group.addEgressRule(Peer.ipv4(`${server}/32`), Port.tcp(53), "to a name server, long answers");
    }
    const endpoint = new CfnResolverEndpoint(this, "Endpoint", {
      direction: "OUTBOUND",
      ipAddresses: subnets.map(({ subnetId }) => ({ subnetId })),
      securityGroupIds: [group.securityGroupId],
    });
    for (const { domain, servers } of resolvers) {
      const rule = new CfnResolverRule(this, `Rule-${domain}`, {
        ruleType: "FORWARD",
        domainName: domain,
        resolverEndpointId: endpoint.attrResolverEndpointId,
        targetIps: servers.map((ip) => ({ ip, port: "53" })),
      });
      this.#associate(domain, rule.attrResolverRuleId);
    }
  }

  #associate(name: string, resolverRuleId: string): void {
    new CfnResolverRuleAssociation(this, `Association-${name}`, { resolverRuleId, vpcId: this.#vpc.vpcId });
  }
}
