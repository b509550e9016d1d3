import { KMSClient } from "@aws-sdk/client-kms";
import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { ScanError } from "#contract/errors.ts";
import type { ObjectStore } from "#contract/objects.ts";
import type { Signer } from "#contract/signing.ts";
import { clientSettings } from "./client-settings.ts";
import { type Inbox, sqsInbox } from "./inbox.ts";
import { kmsSigner } from "./kms.ts";
import { s3Objects } from "./objects.ts";
import { escaped, type Queue, sqsQueue } from "./queue.ts";
import { type ReadSecret, secretsManager } from "./secrets.ts";
import { awsTrouble } from "./trouble.ts";

export interface RemoteOptions {
  /** Instead of AWS: `http://127.0.0.1:4566`. */
  readonly endpoint?: string | undefined;
  /** Default: as the SDK finds it. */
  readonly region?: string | undefined;
}

/** Buckets and queues of a deployment, for who works with it from outside: the command line and the worker. */
export interface Remote {
  readonly bucket: (name: string) => ObjectStore;
  readonly queue: (url: string) => Queue & Inbox;
  /** A signing key of KMS, by ARN, id or alias. */
  readonly signer: (keyId: string) => Signer;
  /** Sends one message; gives its id. */
  readonly send: (queueUrl: string, body: string) => Promise<string>;
  /** How often the queue gives a message out before it buries it; undefined when it has no dead-letter queue. */
  readonly mostReceives: (queueUrl: string) => Promise<number | undefined>;
  /** The text of a secret, by name or ARN. */
  readonly secret: ReadSecret;
  close(): void;
}

/** Connects as the SDK does: credentials and region from environment, profile or role. Nothing is sent yet. */
export function remote({ endpoint, region }: RemoteOptions): Remote {
  const where = { ...clientSettings, ...(endpoint && { endpoint }), ...(region && { region }) };
  const kms = new KMSClient(where);
  const sqs = new SQSClient(where);
  // A bucket in front of a host name needs DNS; only AWS itself has that.
  const s3 = new S3Client({ ...where, ...(endpoint && { forcePathStyle: true }) });
  const secrets = new SecretsManagerClient(where);
  const trouble = (what: string) => (error: unknown) => Promise.reject(awsTrouble(error, what));
  return {
    bucket: (name) => s3Objects(s3, name),
    queue: (url) => ({ ...sqsQueue(sqs, url), ...sqsInbox(sqs, url) }),
    signer: (keyId) => kmsSigner(keyId, kms),
    async send(queueUrl, body) {
      const command = new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: escaped(body) });
      const { MessageId } = await sqs.send(command).catch(trouble(`SQS SendMessage ${queueUrl}`));
      if (MessageId === undefined) throw new ScanError("internal", `SQS gave no message id: ${queueUrl}`);
      return MessageId;
    },
    async mostReceives(queueUrl) {
      const command = new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ["RedrivePolicy"] });
      const { Attributes } = await sqs.send(command).catch(trouble(`SQS GetQueueAttributes ${queueUrl}`));
      const policy = Attributes?.RedrivePolicy;
      if (policy === undefined) return undefined;
      return Number((JSON.parse(policy) as { maxReceiveCount?: number | string }).maxReceiveCount); // SQS's own form
    },
    secret: secretsManager(Date.now, secrets),
    close() {
      kms.destroy();
      s3.destroy();
      sqs.destroy();
      secrets.destroy();
    },
  };
}
