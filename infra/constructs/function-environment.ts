import { Stack } from "aws-cdk-lib";
import type { Construct } from "constructs";
import type { Environment } from "#aws/environment.ts";
import { mostEnvironmentBytes } from "../derived.ts";
import type { Deployment } from "./deployment.ts";

export interface FunctionEnvironmentProps {
  readonly deployment: Deployment;
  /** What only this function needs. */
  readonly own?: Readonly<Record<string, string>>;
}

/**
 * The environment variables of a function: names only, the same few for every function, however many clusters there are.
 * Throws when they outgrow their share of Lambda's 4 KB.
 */
export function functionEnvironment(
  scope: Construct,
  props: FunctionEnvironmentProps,
): Readonly<Record<string, string>> {
  const { region, urlSuffix, account } = Stack.of(scope);
  const shared: Environment = {
    DEPLOYMENT: props.deployment.name,
    QUEUE_URL_BASE: `https://sqs.${region}.${urlSuffix}/${account}`,
    EVIDENCE_BUCKET: props.deployment.evidence.name,
    PUBLISHED_BUCKET: props.deployment.published.name,
  };
  const variables = { ...shared, ...props.own };
  const bytes = Buffer.byteLength(JSON.stringify(Stack.of(scope).resolve(variables)));
  if (bytes > mostEnvironmentBytes) {
    throw new Error(`${scope.node.path}: ${bytes} bytes of environment; ${mostEnvironmentBytes} are allowed`);
  }
  return variables;
}
