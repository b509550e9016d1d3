import type { IKey } from "aws-cdk-lib/aws-kms";
import { CfnRotationSchedule, CfnSecret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import { clusterRecordName } from "#contract/deployment.ts";
import type { Cluster } from "../context/cluster.ts";
import { acknowledge } from "./acknowledge.ts";

export interface ClusterRecordProps {
  readonly deployment: string;
  readonly cluster: Cluster;
  readonly key: IKey;
}

/**
 * The record that tells the executor where a cluster is and how to speak to it. Of an EKS cluster nothing in it is secret, so
 * the stack writes it; for others it is made empty, and whoever owns the cluster puts the record in.
 */
export class ClusterRecord extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, { deployment, cluster, key }: ClusterRecordProps) {
    super(scope, id);
    const { auth } = cluster;
    const record = new CfnSecret(this, "Record", {
      name: clusterRecordName(deployment, cluster.id),
      description: `muster: server and credentials of cluster ${cluster.id}`,
      kmsKeyId: key.keyArn,
      ...(auth.kind === "eks" && { secretString: JSON.stringify({ schemaVersion: 1, ...auth }) }),
    });
    this.arn = record.ref;
    if (auth.kind === "record" && auth.rotationFunctionArn !== undefined) {
      new CfnRotationSchedule(this, "Rotation", {
        secretId: record.ref,
        rotationLambdaArn: auth.rotationFunctionArn,
        rotationRules: { automaticallyAfterDays: auth.rotationDays },
      });
      return;
    }
    const why =
      auth.kind === "eks"
        ? "Holds no credential: tokens are minted for each session by the executor's role."
        : "The cluster's owner renews it; rotationFunctionArn in the context hooks a rotation in.";
    acknowledge(this, {
      "AwsSolutions-SMG4": why,
      "NIST.800.53.R5-SecretsManagerRotationEnabled": why,
    });
  }
}
