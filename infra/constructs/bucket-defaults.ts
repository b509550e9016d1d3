import { RemovalPolicy } from "aws-cdk-lib";
import type { IKey } from "aws-cdk-lib/aws-kms";
import {
  BlockPublicAccess,
  BucketEncryption,
  type BucketProps,
  type IBucket,
  ObjectOwnership,
} from "aws-cdk-lib/aws-s3";

export interface KeptBucketProps {
  readonly name: string;
  readonly key: IKey;
  /** Where its access log goes, below its own prefix. */
  readonly accessLogs: IBucket;
}

/** What holds for every bucket of ours: private, encrypted by our key, TLS only, versioned, kept when its stack goes. */
export function keptBucket({ name, key, accessLogs }: KeptBucketProps, logPrefix: string): BucketProps {
  return {
    bucketName: name,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    encryption: BucketEncryption.KMS,
    encryptionKey: key,
    bucketKeyEnabled: true,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    versioned: true,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    serverAccessLogsBucket: accessLogs,
    serverAccessLogsPrefix: logPrefix,
    removalPolicy: RemovalPolicy.RETAIN,
  };
}
