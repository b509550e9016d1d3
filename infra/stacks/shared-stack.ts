import { CfnOutput, Stack } from "aws-cdk-lib";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import { deploymentName, type Registry } from "#contract/deployment.ts";
import { AccessLogBucket } from "../constructs/access-log-bucket.ts";
import { AlarmTopic } from "../constructs/alarm-topic.ts";
import { Alarms } from "../constructs/alarms.ts";
import { Overview } from "../constructs/dashboard.ts";
import { DeadLetter } from "../constructs/dead-letter.ts";
import { bucketOf, type Deployment } from "../constructs/deployment.ts";
import { Dispatcher } from "../constructs/dispatcher.ts";
import { EvidenceBucket } from "../constructs/evidence-bucket.ts";
import { Heimdall } from "../constructs/heimdall.ts";
import { Keys } from "../constructs/keys.ts";
import { PublishedBucket } from "../constructs/published-bucket.ts";
import { Rollup } from "../constructs/rollup.ts";
import { Schedules } from "../constructs/schedules.ts";
import { admitSenders } from "../constructs/senders.ts";
import type { Context } from "../context.ts";
import { dispatcherTimeout, rollupTimeout } from "../derived.ts";

export interface SharedStackProps {
  readonly context: Context;
}

/** Everything that a deployment has once: keys, buckets, request queue, the functions outside any VPC, alarms. */
export class SharedStack extends Stack {
  readonly deployment: Deployment;
  readonly keys: Keys;
  readonly deadLetter: LambdaFunction;
  readonly alarmTopic: ITopic;

  constructor(scope: Construct, id: string, { context }: SharedStackProps) {
    super(scope, id, { description: "muster: buckets, request queue, dispatcher, dead-letter, rollup" });
    const { retention, alarms: alarming, schedules } = context;
    const name = deploymentName(context.environment);
    const keys = new Keys(this, "Keys", { deployment: name });
    const logs = new AccessLogBucket(this, "AccessLogs", { keepDays: retention.logDays });
    const [evidence, published] = [bucketOf(this, name, "evidence"), bucketOf(this, name, "published")];
    const stored = { key: keys.data, accessLogs: logs.bucket };
    new EvidenceBucket(this, "Evidence", { ...retention, ...stored, name: evidence.name });
    new PublishedBucket(this, "Published", { ...stored, name: published.name });
    this.keys = keys;
    this.deployment = { name, evidence, published, dataKey: keys.data, logDays: retention.logDays };

    const { deployment } = this;
    const registry: Registry = {
      schemaVersion: 1,
      clusters: context.clusters.map(({ id, policy, workerProfiles }) => ({ id, policy, workerProfiles })),
      schedules: schedules.map((schedule) => schedule.name),
    };
    const dispatcher = new Dispatcher(this, "Requests", { deployment, registry });
    const deadLetter = new DeadLetter(this, "DeadLetter", { deployment });
    const rollup = new Rollup(this, "Rollup", { deployment, registry, taskEvents: context.taskEvents });
    const scheduled = new Schedules(this, "Schedules", {
      ...{ deployment: name, schedules, requests: dispatcher.requests.queue },
    });
    admitSenders(dispatcher.requests.queue, context.senders);
    this.deadLetter = deadLetter.function;

    this.alarmTopic = new AlarmTopic(this, "AlarmTopic", { deployment: name, key: keys.data, ...alarming }).topic;
    const alarms = new Alarms(this, "Alarms", { ...alarming, deployment: name, topic: this.alarmTopic });
    alarms.dead("requests", dispatcher.requests.dead);
    alarms.dead("events", rollup.events.dead);
    alarms.dead("schedules", scheduled.dead);
    alarms.late("requests", dispatcher.requests.queue);
    alarms.late("events", rollup.events.queue);
    alarms.failing("dispatcher", dispatcher.function);
    alarms.failing("dead-letter", deadLetter.function);
    alarms.failing("rollup", rollup.function);
    alarms.slow("dispatcher", dispatcher.function, dispatcherTimeout);
    alarms.slow("rollup", rollup.function, rollupTimeout);
    for (const schedule of schedules) alarms.missed(schedule);
    if (context.heimdall !== undefined) {
      const heimdall = new Heimdall(this, "Heimdall", { deployment, settings: context.heimdall });
      alarms.dead("heimdall", heimdall.events.dead);
      alarms.failing("heimdall", heimdall.function);
    }
    new Overview(this, "Overview", { deployment: name });

    new CfnOutput(this, "RequestQueueUrl", { value: dispatcher.requests.queue.queueUrl });
    new CfnOutput(this, "EvidenceBucketName", { value: evidence.name });
    new CfnOutput(this, "PublishedBucketName", { value: published.name });
    new CfnOutput(this, "SigningKeyArn", { value: keys.signing.keyArn });
  }
}
