import type { Duration } from "aws-cdk-lib";
import { Architecture, Function as LambdaFunction, LoggingFormat, Runtime } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { acknowledge } from "./acknowledge.ts";
import { type Beside, bundledCode } from "./bundle.ts";
import type { Deployment } from "./deployment.ts";
import { functionEnvironment } from "./function-environment.ts";
import { FunctionRole } from "./function-role.ts";
import { Log } from "./log.ts";
import type { Permission } from "./permission.ts";

export interface ZipFunctionProps {
  readonly deployment: Deployment;
  /** Folder below `functions/`, and the function's name behind the deployment's. */
  readonly name: string;
  readonly description: string;
  readonly timeout: Duration;
  readonly memoryMiB: number;
  readonly permissions: readonly Permission[];
  /** Environment variables that only this function needs. Default: none. */
  readonly own?: Readonly<Record<string, string>>;
  /** Files beside the code. Default: none. */
  readonly beside?: Beside;
}

/** A function that needs no VPC: a bundle of a megabyte at most on Node 24, its own role and log. */
export class ZipFunction extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: ZipFunctionProps) {
    super(scope, id);
    const { deployment, name } = props;
    const functionName = `${deployment.name}-${name}`;
    const log = new Log(this, "Log", {
      ...{ name: `/${deployment.name}/${name}`, key: deployment.dataKey, days: deployment.logDays },
    });
    const { role } = new FunctionRole(this, "Access", { logGroup: log.group, permissions: props.permissions });
    this.function = new LambdaFunction(this, "Function", {
      functionName,
      description: props.description,
      code: bundledCode(name, props.beside),
      handler: "index.handler",
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout: props.timeout,
      memorySize: props.memoryMiB,
      role,
      logGroup: log.group,
      loggingFormat: LoggingFormat.JSON,
      environment: functionEnvironment(this, { deployment, ...(props.own && { own: props.own }) }),
    });
    acknowledge(this, {
      "NIST.800.53.R5-LambdaInsideVPC": "It speaks to AWS alone, and must not reach the clusters' network.",
      ...queueFed,
    });
  }
}

/** Rules about functions that somebody calls; these are fed by a queue, which has what the rules ask for. */
export const queueFed = {
  "NIST.800.53.R5-LambdaConcurrency":
    "The event source mapping's maximumConcurrency is the cap; reserved concurrency would throttle receives and use messages up.",
  "NIST.800.53.R5-LambdaDLQ": "Fed by a queue: what keeps failing goes to that queue's dead-letter queue.",
};
