import { Stack } from "aws-cdk-lib";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { bucketName } from "#contract/deployment.ts";

/** A bucket by its name. Names are derived, so stacks need not export anything to each other for them. */
export interface BucketName {
  readonly name: string;
  readonly arn: string;
}

/** What every function of a deployment is made with. */
export interface Deployment {
  /** `muster-<environment>`: the beginning of every name. */
  readonly name: string;
  readonly evidence: BucketName;
  readonly published: BucketName;
  readonly dataKey: IKey;
  readonly logDays: RetentionDays;
}

/** The bucket of a deployment that holds one or the other. */
export function bucketOf(scope: Construct, deployment: string, holds: "evidence" | "published"): BucketName {
  const { account, region, partition } = Stack.of(scope);
  const name = bucketName(deployment, holds, account, region);
  return { name, arn: `arn:${partition}:s3:::${name}` };
}
