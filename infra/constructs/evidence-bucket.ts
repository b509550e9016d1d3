import { Duration } from "aws-cdk-lib";
import { AnyPrincipal, Effect, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Bucket, CfnBucket, ObjectLockRetention } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { acknowledge } from "./acknowledge.ts";
import { type KeptBucketProps, keptBucket } from "./bucket-defaults.ts";

export interface EvidenceBucketProps extends KeptBucketProps {
  readonly lockMode: "governance" | "compliance";
  readonly lockDays: number;
  /** Default: evidence is kept for ever. */
  readonly expireDays?: number | undefined;
}

/**
 * Reports and the books of scans. What is written once stays as it is: versions under Object Lock, every write
 * create-only, no deletes. S3's own events of it go to the event bus.
 */
export class EvidenceBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, props: EvidenceBucketProps) {
    super(scope, id);
    const locked = Duration.days(props.lockDays);
    this.bucket = new Bucket(this, "Bucket", {
      ...keptBucket(props, "evidence/"),
      objectLockEnabled: true,
      objectLockDefaultRetention:
        props.lockMode === "compliance"
          ? ObjectLockRetention.compliance(locked)
          : ObjectLockRetention.governance(locked),
      lifecycleRules: [
        { abortIncompleteMultipartUploadAfter: Duration.days(1) },
        ...(props.expireDays === undefined
          ? []
          : [{ expiration: Duration.days(props.expireDays), noncurrentVersionExpiration: Duration.days(1) }]),
      ],
    });
    sendEventsToBus(this.bucket);
    for (const statement of this.#writtenOnce()) this.bucket.addToResourcePolicy(statement);
    acknowledge(this, {
      "NIST.800.53.R5-S3BucketReplicationEnabled":
        "Replication is the account's decision: docs/deploy.md says how to add a rule. Object Lock holds the evidence.",
    });
  }

  /** S3 guide, "Enforce conditional writes": without the header, also as a part of a multipart upload, no write. */
  #writtenOnce(): readonly PolicyStatement[] {
    const everybody = { effect: Effect.DENY, principals: [new AnyPrincipal()] };
    return [
      new PolicyStatement({
        ...everybody,
        sid: "CreateOnly",
        actions: ["s3:PutObject"],
        resources: [this.bucket.arnForObjects("*")],
        conditions: { Null: { "s3:if-none-match": "true" } },
      }),
      new PolicyStatement({
        ...everybody,
        // A delete marker would let a second create of the same key through.
        sid: "NoDelete",
        actions: ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:BypassGovernanceRetention"],
        resources: [this.bucket.arnForObjects("*")],
      }),
    ];
  }
}

/** The bucket construct's own way to do this is a custom resource with a function; the property is enough. */
function sendEventsToBus(bucket: Bucket): void {
  const resource = bucket.node.defaultChild;
  if (resource instanceof CfnBucket) {
    resource.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
  }
}
