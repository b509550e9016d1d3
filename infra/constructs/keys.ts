import { Stack } from "aws-cdk-lib";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Key, KeySpec, KeyUsage } from "aws-cdk-lib/aws-kms";
import { Construct } from "constructs";

export interface KeysProps {
  /** `muster-<environment>`. */
  readonly deployment: string;
}

/** The two keys of a deployment: one encrypts what it stores, one signs what it says. Both outlive the stack. */
export class Keys extends Construct {
  /** Buckets, records, log groups, topic. Rotated every year. */
  readonly data: Key;
  /** P-256, for attestations of reports and registrations: SHA-256 digests, DER signatures. */
  readonly signing: Key;

  constructor(scope: Construct, id: string, { deployment }: KeysProps) {
    super(scope, id);
    const { account, region, partition } = Stack.of(this);
    this.data = new Key(this, "Data", {
      alias: `${deployment}/data`,
      description: "muster: buckets, cluster records, logs, alarm topic",
      enableKeyRotation: true,
    });
    this.data.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal(`logs.${region}.amazonaws.com`)],
        actions: ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"],
        resources: ["*"],
        conditions: {
          ArnLike: {
            "kms:EncryptionContext:aws:logs:arn": `arn:${partition}:logs:${region}:${account}:log-group:/${deployment}/*`,
          },
        },
      }),
    );
    this.data.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
        actions: ["kms:Decrypt", "kms:GenerateDataKey"],
        resources: ["*"],
        conditions: { StringEquals: { "aws:SourceAccount": account } },
      }),
    );
    this.signing = new Key(this, "Signing", {
      alias: `${deployment}/signing`,
      description: "muster: signs reports, and what is registered",
      keySpec: KeySpec.ECC_NIST_P256,
      keyUsage: KeyUsage.SIGN_VERIFY,
    });
  }
}
