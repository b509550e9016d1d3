import { type Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import type { Outcome } from "#contract/outcome.ts";
import type { Summary } from "#contract/summary.ts";

/** One more target of a cluster that ended so: `TargetsByCluster`, with the outcome as a dimension. */
export function countOutcome(metrics: Metrics, cluster: string, { outcome }: Pick<Outcome, "outcome">): void {
  const single = metrics.singleMetric();
  single.addDimensions({ cluster, outcome });
  single.addMetric("TargetsByCluster", MetricUnit.Count, 1);
}

interface Waited {
  readonly target: Pick<Summary["target"], "cluster">;
  readonly transport: Pick<Summary["transport"], "blockingRoundTrips">;
}

/** What distance costs in a cluster: how often a scan waited for the network. */
export function countRoundTrips(metrics: Metrics, { target, transport }: Waited): void {
  const single = metrics.singleMetric();
  single.addDimension("cluster", target.cluster);
  single.addMetric("RoundTripsPerScan", MetricUnit.Count, transport.blockingRoundTrips);
}
