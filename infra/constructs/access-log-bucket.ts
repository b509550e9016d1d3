import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket, ObjectOwnership } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { acknowledge } from "./acknowledge.ts";

export interface AccessLogBucketProps {
  readonly keepDays: number;
}

/** Where S3 writes down who asked for what in the other two buckets. */
export class AccessLogBucket extends Construct {
  readonly bucket: IBucket;

  constructor(scope: Construct, id: string, { keepDays }: AccessLogBucketProps) {
    super(scope, id);
    const made = new Bucket(this, "Bucket", {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      lifecycleRules: [
        { expiration: Duration.days(keepDays), noncurrentVersionExpiration: Duration.days(1) },
        { abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.bucket = made as IBucket; // the library itself: its class and interface differ under exactOptionalPropertyTypes
    acknowledge(this, {
      "AwsSolutions-S1": "This bucket holds the access logs; logging its own access would never end.",
      "NIST.800.53.R5-S3BucketLoggingEnabled": "This bucket holds the access logs; logging its own would never end.",
      "NIST.800.53.R5-S3DefaultEncryptionKMS": "S3 delivers access logs only into buckets with SSE-S3 (S3 guide).",
      "NIST.800.53.R5-S3BucketReplicationEnabled":
        "Access logs are of use for weeks; a region's loss is not their case.",
    });
  }
}
