import { type IVpc, Peer, Port, SecurityGroup } from "aws-cdk-lib/aws-ec2";
import { Construct } from "constructs";

export interface WaysOutProps {
  readonly vpc: IVpc;
  readonly s3PrefixListId: string;
  /** Pairs of range and port: the clusters of this network, and image registries. */
  readonly to: readonly { readonly cidr: string; readonly port: number }[];
}

/** The executor's security group: nothing comes in, and only what is named goes out. */
export class WaysOut extends Construct {
  readonly executor: SecurityGroup;
  /** The group of the endpoints: they take HTTPS from the executor. */
  readonly endpoints: SecurityGroup;

  constructor(scope: Construct, id: string, { vpc, s3PrefixListId, to }: WaysOutProps) {
    super(scope, id);
    const closed = { vpc, allowAllOutbound: false };
    this.executor = new SecurityGroup(this, "Executor", { ...closed, description: "muster executor" });
    this.endpoints = new SecurityGroup(this, "Endpoints", { ...closed, description: "muster endpoints" });
    const https = Port.tcp(443);
    this.endpoints.addIngressRule(this.executor, https, "from the executor");
    this.executor.addEgressRule(this.endpoints, https, "to SQS, Secrets Manager and KMS");
    this.executor.addEgressRule(Peer.prefixList(s3PrefixListId), https, "to S3");
    for (const { cidr, port } of to) this.executor.addEgressRule(Peer.ipv4(cidr), Port.tcp(port), "to a cluster");
  }
}
