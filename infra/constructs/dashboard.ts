import { Duration } from "aws-cdk-lib";
import { Dashboard, GraphWidget, SearchExpression } from "aws-cdk-lib/aws-cloudwatch";
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
    const queues = "AWS/SQS,QueueName";
    const functions = "AWS/Lambda,FunctionName";
    const own = `${metricNamespace},service`;
    const tasks = named("QueueName", taskQueueName(deployment, ""));
    const dead = named("QueueName", deadQueueName(deployment, ""));
    const executors = named("FunctionName", `${deployment}-executor`);
    const all = named("FunctionName", deployment);
    new Dashboard(this, "Dashboard", {
      dashboardName: deployment,
      widgets: [
        [
          graph("Oldest task by cluster (s)", "Maximum", queues, "ApproximateAgeOfOldestMessage", tasks),
          graph("Dead letters by cluster", "Maximum", queues, "ApproximateNumberOfMessagesVisible", dead),
        ],
        [
          graph(
            "Targets by cluster and outcome",
            "Sum",
            `${metricNamespace},cluster,outcome,service`,
            "TargetsByCluster",
          ),
          graph("Round trips a scan, by cluster", "Average", `${metricNamespace},cluster,service`, "RoundTripsPerScan"),
        ],
        [
          graph("Targets of completed scans", "Sum", own, "TargetsScanned TargetsUnscannable TargetsFailed"),
          graph("Requests and scans", "Sum", own, "RequestsPlanned RequestsRejected ScansCompleted"),
        ],
        [
          graph("Tasks", "Sum", own, "TasksDone TasksRetried TasksSentAnew TasksBuried"),
          graph("Executor duration, p90 (ms)", "p90", functions, "Duration", executors),
        ],
        [
          graph("VPN tunnels (1: both are up)", "Minimum", "AWS/VPN,VpnId", "TunnelState"),
          graph("Function errors", "Sum", functions, "Errors", all),
        ],
      ],
    });
  }
}

/** A half of a row: every metric of a schema with one of these names, and with what else is searched for. */
function graph(title: string, statistic: string, schema: string, metrics: string, also = ""): GraphWidget {
  const names = metrics.split(" ").map((name) => `"${name}"`);
  const terms = `{${schema}} MetricName=(${names.join(" OR ")}) ${also}`.trim();
  const period = Duration.minutes(5);
  const expression = `SEARCH('${terms}', '${statistic}', ${period.toSeconds()})`;
  return new GraphWidget({ title, width: 12, left: [new SearchExpression({ expression, period, label: "" })] });
}

/** Names that hold each word of this one: without quotes a term matches one word of a name (CloudWatch guide). */
function named(dimension: string, name: string): string {
  const words = name.split("-").filter((word) => word !== "");
  return words.map((word) => `${dimension}=${word}`).join(" ");
}
