import { type IVpc, Peer, Port, SecurityGroup } from "aws-cdk-lib/aws-ec2";
import { Construct } from "constructs";

export interface WaysOutProps {
  readonly vpc: IVpc;
  readonly s3PrefixListId: string;
  /** Groups of endpoints that the VPC has already. Default: the endpoints are made here. */
  readonly endpointGroupIds: readonly string[];
  /** Pairs of range and port: the clusters of this network, and image registries. */
  readonly to: readonly { readonly cidr: string; readonly port: number }[];
}

/** The executor's security group: nothing comes in, and only what is named goes out. */
export class WaysOut extends Construct {
  readonly executor: SecurityGroup;
  /** The group of the endpoints that are made here: they take HTTPS from the executor. */
  readonly endpoints: SecurityGroup | undefined;

  constructor(scope: Construct, id: string, { vpc, s3PrefixListId, endpointGroupIds, to }: WaysOutProps) {
    super(scope, id);
    const closed = { vpc, allowAllOutbound: false };
    this.executor = new SecurityGroup(this, "Executor", { ...closed, description: "muster executor" });
    const https = Port.tcp(443);
    const toServices = "to SQS, Secrets Manager and KMS";
    for (const id of endpointGroupIds) this.executor.addEgressRule(Peer.securityGroupId(id), https, toServices);
    if (endpointGroupIds.length === 0) {
      this.endpoints = new SecurityGroup(this, "Endpoints", { ...closed, description: "muster endpoints" });
      this.endpoints.addIngressRule(this.executor, https, "from the executor");
      this.executor.addEgressRule(this.endpoints, https, toServices);
    }
    this.executor.addEgressRule(Peer.prefixList(s3PrefixListId), https, "to S3");
    for (const { cidr, port } of to) this.executor.addEgressRule(Peer.ipv4(cidr), Port.tcp(port), "to a cluster");
  }
}
