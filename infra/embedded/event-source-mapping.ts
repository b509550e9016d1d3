import type { Message, SQSClient } from "@aws-sdk/client-sqs";
import type { Context, SQSEvent } from "aws-lambda";
import type { Clock } from "./aws/clock.ts";
import { uuid } from "./aws/ids.ts";
import { readBatchResponse } from "./aws/lambda/batch-response.ts";
import { type FunctionSettings, type InvocationResult, invoke } from "./aws/lambda/invocation.ts";
import { gatherBatch } from "./aws/lambda/poller.ts";
import { checkVisibilityTimeout, deleteMessages, messagesIn } from "./aws/lambda/queue-state.ts";
import { sqsEvent } from "./aws/lambda/sqs-event.ts";

// Lambda starts with five concurrent batches on a standard queue (Lambda guide, services-sqs-scaling).
const POLLERS = 5;
const IDLE_CHECK_MS = 100;
const LONGEST_RECEIVE_PAUSE_MS = 60_000;

export interface EventSourceMappingOptions {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly queueArn: string;
  readonly handler: (event: SQSEvent, context: Context) => Promise<unknown>;
  /** 1–10, or up to 10,000 with a window of at least a second. */
  readonly batchSize: number;
  /** 0–300,000, whole seconds. Default 0. */
  readonly batchWindowMs?: number;
  /** 2–1,000. */
  readonly maximumConcurrency: number;
  /** 1–900,000. */
  readonly functionTimeoutMs: number;
  /** Without it the answer is not looked at, and failing invocations lower the concurrency. */
  readonly reportBatchItemFailures: boolean;
  readonly clock: Clock;
  /** Default: a process warning for each entry. */
  readonly log?: (entry: MappingLog) => void;
  /** Default `embedded`. */
  readonly functionName?: string;
  /** Shown in the context only. Default 1,024. */
  readonly memoryMegabytes?: number;
  /** Numbers in [0, 1) for request ids. Default `Math.random`. */
  readonly random?: () => number;
}

export interface MappingLog {
  readonly event: "function-error" | "bad-response" | "receive-failed" | "delete-failed" | "late-end";
  readonly requestId?: string;
  readonly messageIds?: readonly string[];
  readonly error?: unknown;
}

export interface EventSourceMapping {
  /** Stops polling and waits for the invocations that run. Messages of failed ones stay in the queue. */
  stop(): Promise<void>;
  /** Resolves when nothing is in flight and the queue is empty, delayed and invisible messages included. */
  idle(signal?: AbortSignal): Promise<void>;
}

/**
 * Feeds a queue to a function by the rules of Lambda's SQS event source mapping (Lambda guide, services-sqs-configure,
 * -scaling, -errorhandling): what a function reports or throws comes back only when its visibility timeout is over.
 * @throws when an option is out of Lambda's range or the queue's visibility timeout is below the function's.
 */
export async function startEventSourceMapping(options: EventSourceMappingOptions): Promise<EventSourceMapping> {
  checkOptions(options);
  await checkVisibilityTimeout(options.sqs, options.queueUrl, options.functionTimeoutMs);
  const mapping = new Mapping(options);
  mapping.pump();
  return { stop: () => mapping.stop(), idle: (signal) => mapping.idle(signal) };
}

function checkOptions(options: EventSourceMappingOptions): void {
  const { batchSize, batchWindowMs = 0, maximumConcurrency, functionTimeoutMs } = options;
  const within = (name: string, value: number, min: number, max: number): void => {
    if (!Number.isInteger(value) || value < min || value > max) {
      throw new RangeError(`${name} is ${value}; Lambda takes whole numbers from ${min} to ${max}`);
    }
  };
  within("maximumConcurrency", maximumConcurrency, 2, 1_000);
  within("functionTimeoutMs", functionTimeoutMs, 1, 900_000);
  within("batchWindowMs in seconds", batchWindowMs / 1_000, 0, 300);
  within("batchSize", batchSize, 1, batchWindowMs >= 1_000 ? 10_000 : 10);
}

/** The life of one mapping: who polls, what runs, how much may run. */
class Mapping {
  readonly #options: EventSourceMappingOptions;
  readonly #settings: FunctionSettings;
  readonly #log: (entry: MappingLog) => void;
  readonly #stopping = new AbortController();
  readonly #tasks = new Set<Promise<void>>();
  readonly #changed = new Set<() => void>();
  #polling = 0;
  #running = 0;
  #allowed: number;
  #failedReceives = 0;

  constructor(options: EventSourceMappingOptions) {
    this.#options = options;
    this.#allowed = options.maximumConcurrency;
    this.#log = options.log ?? warn;
    const [, , , region = "", account = ""] = options.queueArn.split(":");
    const { functionName = "embedded", memoryMegabytes = 1_024, functionTimeoutMs: timeoutMs } = options;
    this.#settings = { functionName, memoryMegabytes, timeoutMs, region, account };
  }

  /** Starts as many polls as there are pollers and free places: a poll holds a place for the batch that it may bring. */
  pump(): void {
    while (
      !this.#stopping.signal.aborted &&
      this.#polling < POLLERS &&
      this.#polling + this.#running < Math.max(1, Math.floor(this.#allowed))
    ) {
      this.#polling++;
      const task = this.#poll().finally(() => {
        this.#tasks.delete(task);
        for (const wake of [...this.#changed]) wake();
        this.pump();
      });
      this.#tasks.add(task);
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    while (this.#tasks.size > 0) await Promise.all(this.#tasks);
  }

  async idle(signal?: AbortSignal): Promise<void> {
    const { sqs, queueUrl } = this.#options;
    for (;;) {
      signal?.throwIfAborted();
      if (this.#running === 0 && (await messagesIn(sqs, queueUrl)) === 0 && this.#running === 0) return;
      if (this.#stopping.signal.aborted) throw new Error(`the mapping of ${queueUrl} was stopped before it was idle`);
      await this.#pause(IDLE_CHECK_MS, [signal, this.#stopping.signal], this.#changed);
    }
  }

  async #poll(): Promise<void> {
    const batch = await this.#receive();
    this.#polling--;
    if (batch.length === 0) return;
    this.#running++;
    // The poller is free again while the function runs.
    this.pump();
    try {
      await this.#process(batch);
    } finally {
      this.#running--;
    }
  }

  async #receive(): Promise<Message[]> {
    const { sqs, queueUrl, batchSize, batchWindowMs = 0, clock } = this.#options;
    const { signal } = this.#stopping;
    try {
      const batch = await gatherBatch({ sqs, queueUrl, batchSize, batchWindowMs, clock, signal });
      this.#failedReceives = 0;
      return batch;
    } catch (error) {
      if (signal.aborted) return [];
      this.#log({ event: "receive-failed", error });
      await this.#pause(Math.min(LONGEST_RECEIVE_PAUSE_MS, 1_000 * 2 ** this.#failedReceives++), [signal]);
      return [];
    }
  }

  async #process(batch: readonly Message[]): Promise<void> {
    const { sqs, queueUrl, queueArn, handler, clock } = this.#options;
    const requestId = uuid(this.#options.random ?? Math.random);
    const late = (id: string): void => this.#log({ event: "late-end", requestId: id });
    const ports = { settings: this.#settings, requestId, clock, late };
    const result = await invoke(handler, sqsEvent(batch, queueArn), ports);
    const failed = this.#failed(result, batch, requestId);
    const done = batch.filter(({ MessageId }) => !failed.has(MessageId ?? ""));
    try {
      const kept = await deleteMessages(sqs, queueUrl, done);
      if (kept.length > 0) this.#log({ event: "delete-failed", requestId, messageIds: kept });
    } catch (error) {
      this.#log({ event: "delete-failed", requestId, messageIds: ids(done), error });
    }
  }

  /** The messages that are not to be deleted. */
  #failed(result: InvocationResult, batch: readonly Message[], requestId: string): ReadonlySet<string> {
    const { reportBatchItemFailures, maximumConcurrency } = this.#options;
    // With ReportBatchItemFailures Lambda does not scale polling down on failures (services-sqs-errorhandling).
    if (!reportBatchItemFailures) {
      this.#allowed = result.ok ? Math.min(maximumConcurrency, this.#allowed + 1) : Math.max(1, this.#allowed / 2);
    }
    if (!result.ok) {
      this.#log({ event: "function-error", requestId, messageIds: ids(batch), error: result.error });
      return new Set(ids(batch));
    }
    if (!reportBatchItemFailures) return new Set();
    const { failed, malformed } = readBatchResponse(result.response, ids(batch));
    if (malformed !== undefined)
      this.#log({ event: "bad-response", requestId, messageIds: ids(batch), error: malformed });
    return failed;
  }

  /** Waits `ms`, or until one of the signals fires or somebody calls what it puts into `wakers`. */
  #pause(ms: number, signals: readonly (AbortSignal | undefined)[], wakers = new Set<() => void>()): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        cancel();
        wakers.delete(done);
        for (const signal of signals) signal?.removeEventListener("abort", done);
        resolve();
      };
      const cancel = this.#options.clock.setTimer(ms, done);
      wakers.add(done);
      for (const signal of signals) signal?.addEventListener("abort", done);
      if (signals.some((signal) => signal?.aborted === true)) done();
    });
  }
}

function warn({ event, requestId = "", error = "" }: MappingLog): void {
  process.emitWarning(`event source mapping: ${event} ${requestId} ${error}`);
}

function ids(messages: readonly Message[]): string[] {
  return messages.map(({ MessageId }) => MessageId ?? "");
}
