import { Stack } from "aws-cdk-lib";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { CfnSchedule, CfnScheduleGroup } from "aws-cdk-lib/aws-scheduler";
import { type IQueue, Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { Schedule } from "../context/schedule.ts";
import { deadRetention } from "../derived.ts";
import { acknowledge } from "./acknowledge.ts";
import { permit } from "./permission.ts";

export interface SchedulesProps {
  readonly deployment: string;
  readonly schedules: readonly Schedule[];
  /** The request queue: a scheduled scan goes the way of every other. */
  readonly requests: IQueue;
}

/**
 * EventBridge Scheduler puts each scheduled request on the request queue. The planned time is part of its `requestId`, so a
 * run that is delivered twice is one scan; what could not be sent in time ends in `dead`.
 */
export class Schedules extends Construct {
  readonly dead: Queue;

  constructor(scope: Construct, id: string, { deployment, schedules, requests }: SchedulesProps) {
    super(scope, id);
    this.dead = new Queue(this, "Dead", {
      queueName: `${deployment}-schedules-dead`,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: deadRetention,
    });
    acknowledge(this.dead, { "AwsSolutions-SQS3": "It is the schedules' dead-letter queue itself." });
    const role = new Role(this, "Role", {
      assumedBy: new ServicePrincipal("scheduler.amazonaws.com", {
        conditions: { StringEquals: { "aws:SourceAccount": Stack.of(this).account } },
      }),
    });
    permit(this, "Policy", role, [
      { actions: ["sqs:SendMessage"], resources: [requests.queueArn, this.dead.queueArn] },
    ]);
    const group = new CfnScheduleGroup(this, "Group", { name: deployment });
    for (const schedule of schedules) {
      const { flexibleMinutes: window } = schedule;
      const each = new CfnSchedule(this, schedule.name, {
        name: schedule.name,
        groupName: deployment,
        scheduleExpression: schedule.expression,
        scheduleExpressionTimezone: schedule.timezone,
        flexibleTimeWindow: window === 0 ? { mode: "OFF" } : { mode: "FLEXIBLE", maximumWindowInMinutes: window },
        target: {
          arn: requests.queueArn,
          roleArn: role.roleArn,
          input: JSON.stringify(schedule.request),
          deadLetterConfig: { arn: this.dead.queueArn },
          retryPolicy: { maximumEventAgeInSeconds: schedule.maxAgeMinutes * 60, maximumRetryAttempts: 185 },
        },
      });
      each.addResourceDependency(group);
    }
  }
}
