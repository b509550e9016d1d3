import { DeleteMessageCommand, GetQueueAttributesCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import type { Context, SQSEvent } from "aws-lambda";
import { s3Objects } from "#aws/objects.ts";
import { sqsQueue } from "#aws/queue.ts";
import type { Connection } from "#cluster/connection.ts";
import { ScanError } from "#contract/errors.ts";
import { type ManualClock, manualClock } from "#embedded/aws/clock.ts";
import { type EmbeddedCloud, embeddedCloud } from "#embedded/aws/cloud.ts";
import { readBatchResponse } from "#embedded/aws/lambda/batch-response.ts";
import { sqsEvent } from "#embedded/aws/lambda/sqs-event.ts";
import { telemetryTo } from "#embedded/telemetry.ts";
import { deadLetterHandler } from "#functions/dead-letter/handler.ts";
import { dispatcherHandler } from "#functions/dispatcher/handler.ts";
import { executorHandler } from "#functions/executor/handler.ts";
import type { RunPlan } from "./plan.ts";
import { type Process, startProcess } from "./process.ts";
import { scanned, standIn } from "./stand-in.ts";

const mostReceives = 8;
const functionTimeoutMs = 900_000;
const telemetry = telemetryTo("/dev/null");

type Handler = (event: SQSEvent, context: Context) => Promise<unknown>;

interface Feed {
  readonly url: string;
  readonly handler: (process: Process) => Handler;
}

/** Queues, buckets and functions of one run, on a clock that stands until it is moved. */
export class World {
  readonly cloud: EmbeddedCloud;
  readonly clock: ManualClock = manualClock();
  /** A process that nothing ever happens to: the sender, the queue's own side of the mapping, and whoever judges. */
  readonly calm: Process;
  readonly requestsUrl: string;
  /** How often each key of the evidence bucket was written. */
  readonly writes = new Map<string, number>();
  readonly #plan: RunPlan;
  readonly #feeds: readonly Feed[];
  readonly #entered = new Map<string, number>();
  readonly #connection: Connection;
  #invocations = 0;

  constructor(plan: RunPlan, connection: Connection) {
    this.#plan = plan;
    this.#connection = connection;
    this.cloud = embeddedCloud({ clock: this.clock, random: plan.random });
    this.calm = startProcess({ cloud: this.cloud, patient: true, turns: () => 0 });
    const visibilityTimeoutSeconds = 5400;
    this.requestsUrl = this.cloud.createQueue("muster-requests", { visibilityTimeoutSeconds: 360 });
    const dead = this.cloud.createQueue("muster-tasks-prod-dead", { visibilityTimeoutSeconds });
    const redrive = { deadLetterQueue: dead, maxReceiveCount: mostReceives };
    const tasks = this.cloud.createQueue("muster-tasks-prod", { visibilityTimeoutSeconds, redrive });
    this.#feeds = [
      { url: this.requestsUrl, handler: (process) => dispatcherHandler(this.#ports(process, tasks)) },
      { url: tasks, handler: (process) => this.#executor(process, tasks) },
      { url: dead, handler: (process) => deadLetterHandler(this.#ports(process, tasks)) },
    ];
  }

  async open(): Promise<void> {
    await this.cloud.createBucket("evidence", { createOnly: true, versioned: true });
    await this.cloud.createBucket("published", { conditional: true, versioned: true });
    this.cloud.onObjectCreated("evidence", async ({ detail: { object } }) => {
      this.writes.set(object.key, (this.writes.get(object.key) ?? 0) + 1);
    });
  }

  /** Invokes functions as their queues say until every queue is empty. `before` is called with each invocation's number. */
  async runDry(before: (invocation: number) => Promise<void>): Promise<void> {
    const running = new Set<Promise<void>>();
    for (let waitMs = 1_000; ; ) {
      const received = running.size < this.#plan.atOnce ? await this.#receive() : undefined;
      if (received !== undefined) {
        waitMs = 1_000;
        await before(this.#invocations);
        const invocation = received().finally(() => running.delete(invocation));
        running.add(invocation);
        continue;
      }
      if (running.size > 0) {
        await Promise.race(running);
        continue;
      }
      if (await this.#isEmpty()) return;
      if (this.clock.now() > Date.UTC(2026, 0, 4)) throw new Error("the queues are not empty after three days");
      await this.clock.advance(waitMs);
      waitMs = Math.min(300_000, waitMs * 4);
    }
  }

  async #receive(): Promise<(() => Promise<void>) | undefined> {
    for (const { url, handler } of this.#feeds) {
      const command = new ReceiveMessageCommand({ QueueUrl: url, MessageSystemAttributeNames: ["All"] });
      const { Messages = [] } = await this.calm.sqs.send(command);
      const [message] = Messages;
      if (message === undefined) continue;
      const number = this.#invocations;
      this.#invocations += 1;
      return async () => {
        const { cloud } = this;
        const { patient, deaths, random } = this.#plan;
        const process = startProcess({
          cloud,
          patient,
          death: deaths.get(number),
          turns: () => Math.floor(random() * 3),
        });
        const event = sqsEvent([message], this.cloud.queueArn(url));
        const answer = await Promise.race([
          handler(process)(event, contextOf(number)).catch(() => "failed"),
          process.died,
        ]);
        if (typeof answer === "string" || readBatchResponse(answer, [message.MessageId ?? ""]).failed.size > 0) return;
        const done = new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: message.ReceiptHandle });
        await this.calm.sqs.send(done).catch(() => undefined); // then it is delivered again, as on AWS
      };
    }
    return undefined;
  }

  async #isEmpty(): Promise<boolean> {
    for (const { url } of this.#feeds) {
      const { Attributes = {} } = await this.calm.sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] }),
      );
      const counts = Object.entries(Attributes).filter(([name]) => name.startsWith("ApproximateNumber"));
      if (counts.some(([, count]) => Number(count) > 0)) return false;
    }
    return true;
  }

  #ports(process: Process, tasksUrl: string) {
    return {
      evidence: s3Objects(process.s3, "evidence"),
      published: s3Objects(process.s3, "published"),
      taskQueue: () => sqsQueue(process.sqs, tasksUrl, async () => undefined),
      now: () => new Date(this.clock.now()),
      ...telemetry,
    };
  }

  #executor(process: Process, tasksUrl: string): Handler {
    const ports = this.#ports(process, tasksUrl);
    const notHere = async () => Promise.reject(new Error("the scan is replaced"));
    const began = Date.UTC(2026, 0, 1);
    const connect = async () => {
      if (this.clock.now() < began + this.#plan.outageMs) throw new ScanError("tcp", "the VPN is down");
      return this.#connection;
    };
    return executorHandler({
      ...{ ...ports, connect, mostReceives, auditor: notHere, material: notHere },
      source: () => ports.taskQueue(),
      attemptId: () => "1",
      onProgress: () => undefined,
      scan: async (task) => {
        await connect();
        const { pod } = task.target;
        const time = (this.#entered.get(pod) ?? 0) + 1;
        this.#entered.set(pod, time);
        const trouble = this.#plan.pods.find(({ name }) => name === pod)?.trouble ?? "none";
        standIn(trouble, time, process.kill);
        return scanned(task, ports.now());
      },
    });
  }
}

function contextOf(number: number): Context {
  const nothing = () => undefined;
  return {
    ...{ callbackWaitsForEmptyEventLoop: true, functionName: "muster", functionVersion: "1", memoryLimitInMB: "2048" },
    ...{ invokedFunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:muster", awsRequestId: String(number) },
    ...{ logGroupName: "muster", logStreamName: "muster", done: nothing, fail: nothing, succeed: nothing },
    getRemainingTimeInMillis: () => functionTimeoutMs,
  };
}
