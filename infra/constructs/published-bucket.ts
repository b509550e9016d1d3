import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { AnyPrincipal, Effect, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket, ObjectOwnership } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { acknowledge } from "./acknowledge.ts";

export interface PublishedBucketProps {
  readonly name: string;
  readonly key: IKey;
  readonly accessLogs: IBucket;
}

/** How long what a pointer said before stays readable. */
const versionsLive = Duration.days(30);

/**
 * What changes: pointers, index, hints, and what names mean. Nobody writes without saying what is there (If-Match) or that
 * nothing is (If-None-Match), so that no writer overwrites what it has not seen.
 */
export class PublishedBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, props: PublishedBucketProps) {
    super(scope, id);
    this.bucket = new Bucket(this, "Bucket", {
      bucketName: props.name,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.KMS,
      encryptionKey: props.key,
      bucketKeyEnabled: true,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      serverAccessLogsBucket: props.accessLogs,
      serverAccessLogsPrefix: "published/",
      lifecycleRules: [
        { noncurrentVersionExpiration: versionsLive, abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
      removalPolicy: RemovalPolicy.RETAIN,
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
