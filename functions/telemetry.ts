import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics } from "@aws-lambda-powertools/metrics";

/** The namespace of all metrics; the dimension `service` tells functions apart. */
export const metricNamespace = "muster";

/** A function's logger (JSON lines) and metrics (EMF), both on stdout: no call to any service, no endpoint needed. */
export function telemetryOf(serviceName: string): { readonly logger: Logger; readonly metrics: Metrics } {
  const logger = new Logger({ serviceName });
  return { logger, metrics: new Metrics({ namespace: metricNamespace, serviceName, logger }) };
}
