import { Duration } from "aws-cdk-lib";
import { AnyPrincipal, Effect, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { acknowledge } from "./acknowledge.ts";
import { type KeptBucketProps, keptBucket } from "./bucket-defaults.ts";

/** How long what a pointer said before stays readable. */
const versionsLive = Duration.days(30);

/**
 * What changes: pointers, index, hints, and what names mean. Nobody writes without saying what is there (If-Match) or that
 * nothing is (If-None-Match), so that no writer overwrites what it has not seen.
 */
export class PublishedBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, props: KeptBucketProps) {
    super(scope, id);
    this.bucket = new Bucket(this, "Bucket", {
      ...keptBucket(props, "published/"),
      lifecycleRules: [
        { noncurrentVersionExpiration: versionsLive, abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
    });
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        sid: "ConditionalWritesOnly",
        actions: ["s3:PutObject"],
        resources: [this.bucket.arnForObjects("*")],
        conditions: { Null: { "s3:if-none-match": "true", "s3:if-match": "true" } },
      }),
    );
    acknowledge(this, {
      "NIST.800.53.R5-S3BucketReplicationEnabled":
        "Everything here follows from the evidence bucket or is registered again.",
    });
  }
}
