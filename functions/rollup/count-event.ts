import { type Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { scheduleRequester } from "#contract/deployment.ts";
import type { MusterEvent } from "#contract/events.ts";

export interface CountPorts {
  readonly metrics: Metrics;
  readonly schedules: ReadonlySet<string>;
}

/**
 * What alarms and dashboard are drawn from. `ScansCompleted` of a schedule is told under the schedule's name only when the
 * deployment has such a schedule: anybody may write anything into `requestedBy`, and each new name costs a metric.
 */
export function countEvent(event: MusterEvent, { metrics, schedules }: CountPorts): void {
  if (event.detailType === "Scan Failed") metrics.addMetric("ScansFailed", MetricUnit.Count, 1);
  if (event.detailType !== "Scan Completed") return;
  const { requestedBy, tally } = event.detail.data;
  metrics.addMetric("ScansCompleted", MetricUnit.Count, 1);
  metrics.addMetric("TargetsScanned", MetricUnit.Count, tally.scanned);
  metrics.addMetric("TargetsUnscannable", MetricUnit.Count, tally.unscannable);
  metrics.addMetric("TargetsFailed", MetricUnit.Count, tally.failed);
  const schedule = [...schedules].find((name) => scheduleRequester(name) === requestedBy);
  if (schedule === undefined) return;
  const single = metrics.singleMetric();
  single.addDimension("schedule", schedule);
  single.addMetric("ScheduledScansCompleted", MetricUnit.Count, 1);
}
