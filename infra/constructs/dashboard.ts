import { Duration } from "aws-cdk-lib";
import { Dashboard, GraphWidget, type IWidget, MathExpression } from "aws-cdk-lib/aws-cloudwatch";
import { Construct } from "constructs";
import { deadQueueName, taskQueueName } from "#contract/deployment.ts";
import { metricNamespace } from "#functions/telemetry.ts";

export interface OverviewProps {
  readonly deployment: string;
}

/**
 * One dashboard. Its graphs search for metrics by name, so that clusters and networks appear in it by themselves, and it
 * stays the same size for one cluster and for a hundred.
 */
export class Overview extends Construct {
  constructor(scope: Construct, id: string, { deployment }: OverviewProps) {
    super(scope, id);
    const tasks = taskQueueName(deployment, "");
    const dead = deadQueueName(deployment, "");
    const rows: readonly (readonly IWidget[])[] = [
      [
        graph(
          "Oldest task by cluster (s)",
          search(`{AWS/SQS,QueueName} "ApproximateAgeOfOldestMessage" "${tasks}"`, "Maximum"),
        ),
        graph("Dead letters", search(`{AWS/SQS,QueueName} "ApproximateNumberOfMessagesVisible" "${dead}"`, "Maximum")),
      ],
      [
        graph(
          "Targets by outcome",
          search(
            `{${metricNamespace},service} MetricName=("TargetsScanned" OR "TargetsUnscannable" OR "TargetsFailed")`,
            "Sum",
          ),
        ),
        graph(
          "Scans",
          search(
            `{${metricNamespace},service} MetricName=("ScansCompleted" OR "ScansFailed" OR "RequestsPlanned")`,
            "Sum",
          ),
        ),
      ],
      [
        graph(
          "Tasks done and tried again",
          search(`{${metricNamespace},service} MetricName=("TasksDone" OR "TasksRetried" OR "TasksBuried")`, "Sum"),
        ),
        graph(
          "Executor duration, p90 (ms)",
          search(`{AWS/Lambda,FunctionName} MetricName="Duration" "${deployment}-executor"`, "p90"),
        ),
      ],
      [
        graph("VPN tunnels", search('{AWS/VPN,VpnId} MetricName="TunnelState"', "Minimum")),
        graph("Function errors", search(`{AWS/Lambda,FunctionName} MetricName="Errors" "${deployment}"`, "Sum")),
      ],
    ];
    new Dashboard(this, "Dashboard", { dashboardName: deployment, widgets: rows.map((row) => [...row]) });
  }
}

const graph = (title: string, expression: string) =>
  new GraphWidget({
    title,
    width: 12,
    left: [new MathExpression({ expression, label: "", period: Duration.minutes(5) })],
  });

const search = (what: string, statistic: string) => `SEARCH('${what}', '${statistic}', 300)`;
