import { Duration } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, type IMetric, Metric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { metricNamespace } from "#functions/telemetry.ts";
import { hoursBetween, type Schedule } from "../context/schedule.ts";

export interface AlarmsProps {
  readonly deployment: string;
  readonly topic: ITopic;
  readonly objectiveMinutes: number;
}

const fiveMinutes = Duration.minutes(5);

/** The alarms of a stack. docs/runbook.md has a line for each kind. */
export class Alarms extends Construct {
  readonly #props: AlarmsProps;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.#props = props;
  }

  /** Something lies in a dead-letter queue. */
  dead(name: string, queue: IQueue): void {
    const metric = queue.metricApproximateNumberOfMessagesVisible({ period: fiveMinutes, statistic: "max" });
    this.#above(`${name}-dead`, metric, 0, "messages failed for good; see the runbook, dead letters");
  }

  /** Something came into a dead-letter queue that a function empties at once: seldom does anybody see it lie there. */
  buried(name: string, queue: IQueue): void {
    const metric = queue.metricNumberOfMessagesReceived({ period: fiveMinutes, statistic: "sum" });
    this.#above(`${name}-dead`, metric, 0, "tasks failed for good; see the runbook, dead letters");
  }

  /** A message waits for longer than twice the objective. Messages received three times are not in that age: see `dead`. */
  late(name: string, queue: IQueue): void {
    const metric = queue.metricApproximateAgeOfOldestMessage({ period: fiveMinutes });
    this.#above(`${name}-late`, metric, 2 * 60 * this.#props.objectiveMinutes, "messages wait too long");
  }

  /**
   * Something lies on a queue all the time, for twice the objective: nobody takes it, or too few do. What is in somebody's
   * hands for hours, as scans are in a worker's, counts in a queue's age and not here. An alarm looks back a day at most.
   */
  waiting(name: string, queue: IQueue): void {
    const metric = queue.metricApproximateNumberOfMessagesVisible({ period: fiveMinutes, statistic: "min" });
    this.#alarm(`${name}-late`, metric, {
      ...{ threshold: 0, comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD },
      evaluationPeriods: Math.min(24 * 12, Math.ceil((2 * this.#props.objectiveMinutes) / fiveMinutes.toMinutes())),
      ...{ treatMissingData: TreatMissingData.NOT_BREACHING, alarmDescription: "tasks wait for a worker" },
    });
  }

  /** A function failed as a whole, or was refused by Lambda's concurrency. */
  failing(name: string, target: IFunction): void {
    this.#above(`${name}-errors`, target.metricErrors({ period: fiveMinutes }), 0, "the function crashed or timed out");
    this.#above(
      `${name}-throttles`,
      target.metricThrottles({ period: fiveMinutes }),
      0,
      "the account is out of concurrency",
    );
  }

  /** An invocation took more than four fifths of its time. */
  slow(name: string, target: IFunction, timeout: Duration): void {
    const metric = target.metricDuration({ period: fiveMinutes, statistic: "max" });
    this.#above(`${name}-slow`, metric, timeout.toMilliseconds() * 0.8, "scans come near the function's timeout");
  }

  /** A tunnel is down. With two tunnels the metric is 0.5 while one is. */
  tunnel(name: string, vpnId: string): void {
    const metric = new Metric({
      ...{ namespace: "AWS/VPN", metricName: "TunnelState", dimensionsMap: { VpnId: vpnId } },
      ...{ period: fiveMinutes, statistic: "min" },
    });
    this.#alarm(`${name}-tunnel`, metric, {
      ...{ threshold: 1, comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD, evaluationPeriods: 3 },
      ...{ treatMissingData: TreatMissingData.BREACHING, alarmDescription: "a VPN tunnel is down" },
    });
  }

  /** No scan of a schedule completed within its period. CloudWatch looks back for seven days at most. */
  missed({ name, expression, flexibleMinutes, maxAgeMinutes }: Schedule): void {
    const hours = hoursBetween(expression);
    const slack = Math.ceil((flexibleMinutes + maxAgeMinutes + 2 * this.#props.objectiveMinutes) / 60);
    if (hours === undefined || hours + slack > 7 * 24) return;
    const metric = new Metric({
      ...{
        namespace: metricNamespace,
        metricName: "ScheduledScansCompleted",
        statistic: "sum",
        period: Duration.hours(1),
      },
      dimensionsMap: { service: "rollup", schedule: name },
    });
    this.#alarm(`schedule-${name}-missed`, metric, {
      ...{ threshold: 1, comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD },
      ...{ evaluationPeriods: Math.ceil(hours) + slack, treatMissingData: TreatMissingData.BREACHING },
      alarmDescription: "no scan of this schedule completed within its period",
    });
  }

  #above(name: string, metric: IMetric, threshold: number, alarmDescription: string): void {
    this.#alarm(name, metric, {
      ...{ threshold, alarmDescription, evaluationPeriods: 1, treatMissingData: TreatMissingData.NOT_BREACHING },
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    });
  }

  #alarm(name: string, metric: IMetric, props: Omit<ConstructorParameters<typeof Alarm>[2], "metric">): void {
    const alarm = new Alarm(this, name, { metric, alarmName: `${this.#props.deployment}-${name}`, ...props });
    alarm.addAlarmAction(new SnsAction(this.#props.topic));
  }
}
