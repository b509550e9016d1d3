import { Console } from "node:console";
import { createWriteStream } from "node:fs";
import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics } from "@aws-lambda-powertools/metrics";

/** The functions' own logger and metrics, writing into one file: a laptop's stdout belongs to the result. */
export function telemetryTo(path: string): { readonly logger: Logger; readonly metrics: Metrics } {
  const sink = createWriteStream(path, { flags: "a", mode: 0o600 });
  const console = new Console({ stdout: sink, stderr: sink });
  const logger = new Logger({ serviceName: "muster", logLevel: "INFO" });
  const metrics = new Metrics({ namespace: "muster", serviceName: "muster", logger });
  // Both write through a private Console on stdout and offer no option for another one.
  Reflect.set(logger, "console", console);
  Reflect.set(metrics, "console", console);
  const createChild = logger.createChild.bind(logger);
  logger.createChild = (options) => {
    const child = createChild(options);
    Reflect.set(child, "console", console);
    return child;
  };
  const singleMetric = metrics.singleMetric.bind(metrics);
  metrics.singleMetric = () => {
    const single = singleMetric();
    Reflect.set(single, "console", console);
    return single;
  };
  return { logger, metrics };
}
