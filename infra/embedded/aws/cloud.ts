import type { Readable } from "node:stream";
import { throwIfAborted } from "./abort.ts";
import { type Clock, realClock } from "./clock.ts";
import { type EventListener, eventBus } from "./events.ts";
import { type Fault, faults } from "./faults.ts";
import { uuid } from "./ids.ts";
import { kms } from "./kms.ts";
import { type Recognised, recognise } from "./recognise.ts";
import { type BucketOptions, buckets } from "./s3/buckets.ts";
import { S3Error, s3ErrorResponse } from "./s3/errors.ts";
import { notifications, type ObjectCreatedListener } from "./s3/notifications.ts";
import { answerS3, type S3Service } from "./s3/service.ts";
import { secrets } from "./secrets.ts";
import { SqsError } from "./sqs/errors.ts";
import { type QueueDefinition, queueAttributes } from "./sqs/queue-definition.ts";
import { ACCOUNT_ID, sqsRegion } from "./sqs/region.ts";
import { answerSqs, sqsRefusal } from "./sqs/service.ts";
import { toSdkResponse, type WireRequest, type WireResponse } from "./wire.ts";

export interface EmbeddedCloudOptions {
  /** Folder that holds S3 on disk, with every object as a plain file at `<store>/<bucket>/<key>`. Default: memory. */
  readonly store?: string;
  /** Default: the machine's clock. */
  readonly clock?: Clock;
  /** Numbers in [0, 1). Default: `Math.random`. */
  readonly random?: () => number;
  readonly faults?: readonly Fault[];
  /** Default `us-east-1`. */
  readonly region?: string;
  /** What queue URLs begin with. Default: as on AWS, `https://sqs.<region>.amazonaws.com`. */
  readonly queueUrls?: string;
  /** Where a notification listener's failure goes. Default: a process warning. */
  readonly onListenerError?: (error: unknown) => void;
}

/** What an SDK client takes as `requestHandler`. */
interface EmbeddedRequestHandler {
  readonly metadata: { readonly handlerProtocol: string };
  handle(
    request: WireRequest,
    options?: { readonly abortSignal?: unknown },
  ): Promise<{ response: { statusCode: number; headers: Record<string, string>; body: Readable } }>;
  updateHttpClientConfig(): void;
  httpHandlerConfigs(): Record<string, never>;
  destroy(): void;
}

export interface EmbeddedCloud {
  /** Give this to the client of S3, SQS, EventBridge, KMS or Secrets Manager as `requestHandler`; any credentials do. */
  readonly requestHandler: EmbeddedRequestHandler;
  createBucket(name: string, options?: BucketOptions): Promise<void>;
  /** Returns the queue's URL. */
  createQueue(name: string, definition?: QueueDefinition): string;
  /** The ARN of a queue's URL or name. */
  queueArn(urlOrName: string): string;
  /** Calls `listener` after each upload to a bucket; the returned function ends that. */
  onObjectCreated(bucket: string, listener: ObjectCreatedListener): () => void;
  /** Makes a secret of Secrets Manager, or gives it another value; without a value it is there and empty. */
  putSecret(name: string, value?: string): void;
  /** Makes a P-256 signing key of KMS, or takes one in PEM; gives its ARN. */
  createSigningKey(pem?: string): string;
  /** Calls `listener` for each event that PutEvents takes; the returned function ends that. */
  onEvent(listener: EventListener): () => void;
  /** Resolves when all listeners that were called have finished. */
  notificationsSettled(): Promise<void>;
  /** Adds a fault; the returned function takes it away. */
  fault(fault: Fault): () => void;
}

/** S3, SQS, the event bus and secrets in this process, without sockets: one account in one region. */
export function embeddedCloud(options: EmbeddedCloudOptions = {}): EmbeddedCloud {
  const { clock = realClock(), random = Math.random, region = "us-east-1" } = options;
  const queueUrls = options.queueUrls ?? `https://sqs.${region}.amazonaws.com`;
  const sqs = sqsRegion({ region, queueUrls, clock, random });
  const onListenerError = options.onListenerError ?? ((error) => process.emitWarning(`S3 listener failed: ${error}`));
  const s3: S3Service = {
    buckets: buckets(options.store),
    notifications: notifications({ region, account: ACCOUNT_ID, clock, random, onListenerError }),
    region,
    clock,
    random,
  };
  const bus = eventBus(random);
  const vault = secrets();
  const signing = kms({ region, account: ACCOUNT_ID, random });
  const trouble = faults(options.faults ?? []);

  async function answer(request: WireRequest, signal: AbortSignal | undefined): Promise<WireResponse> {
    const requestId = uuid(random);
    const call = await recognise(request);
    const { operation } = call;
    const hits = trouble.hits(operation);
    const failing = hits.find(({ effect }) => effect === "fail");
    if (failing !== undefined) return refusal(failing, call, request.method, requestId);
    const response = await perform();
    if (hits.some(({ effect }) => effect === "lose-response")) {
      throw Object.assign(new Error(`the response to ${operation} was lost`), { code: "ECONNRESET" });
    }
    return response;

    function perform(): Promise<WireResponse> {
      if (call.service === "s3") return answerS3(s3, call.route, request, requestId);
      if (call.service === "events") return bus.answer(request, requestId);
      if (call.service === "kms") return signing.answer(operation, request, requestId);
      if (call.service === "secrets") return vault.answer(operation, request, requestId);
      const deliverTwice = hits.some(({ effect }) => effect === "deliver-twice");
      const failEntry = hits.some(({ effect }) => effect === "fail-entry");
      return answerSqs(sqs, { ...call, requestId, signal, deliverTwice, failEntry });
    }
  }

  return {
    requestHandler: {
      metadata: { handlerProtocol: "http/1.1" },
      async handle(request, handlerOptions = {}) {
        const signal = handlerOptions.abortSignal instanceof AbortSignal ? handlerOptions.abortSignal : undefined;
        throwIfAborted(signal);
        return { response: toSdkResponse(await answer(request, signal)) };
      },
      updateHttpClientConfig: () => undefined,
      httpHandlerConfigs: () => ({}),
      // Shared between clients: one client's end is not the cloud's.
      destroy: () => undefined,
    },
    createBucket: async (name, bucketOptions) => void (await s3.buckets.create(name, bucketOptions)),
    createQueue: (name, definition = {}) =>
      sqs.create(name, queueAttributes(definition, sqs), definition.fair ?? true).url,
    queueArn: (urlOrName) => sqs.byName(urlOrName.split("/").at(-1) ?? "").arn,
    onObjectCreated: (bucket, listener) => s3.notifications.subscribe(bucket, listener),
    putSecret: (name, value) => vault.put(name, value),
    createSigningKey: (pem) => signing.create(pem),
    onEvent: (listener) => bus.subscribe(listener),
    notificationsSettled: () => s3.notifications.settled(),
    fault: (fault) => trouble.add(fault),
  };
}

function refusal(fault: Fault, call: Recognised, method: string, requestId: string): WireResponse {
  const { statusCode = 503, code = "ServiceUnavailable" } = fault;
  const message = "An injected fault.";
  if (call.service === "s3") return s3ErrorResponse(new S3Error(statusCode, code, message), method, requestId);
  const protocol = call.service === "sqs" ? call.protocol : "json";
  return sqsRefusal(new SqsError(code, message, statusCode), { protocol, requestId });
}
