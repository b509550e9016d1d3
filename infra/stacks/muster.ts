import { App, type AppProps, Tags, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks, NIST80053R5Checks } from "cdk-nag";
import { deploymentName } from "#contract/deployment.ts";
import { type Context, readContext } from "../context.ts";
import { NetworkStack } from "./network-stack.ts";
import { SharedStack } from "./shared-stack.ts";

/** The CDK's own switches: what new projects of this library version begin with, as far as it matters here. */
const switches = {
  "@aws-cdk/core:checkSecretUsage": true,
  "@aws-cdk/core:defaultCrossStackReferences": "strong", // a network must not lose its shared stack under its feet
  "@aws-cdk/core:target-partitions": ["aws", "aws-us-gov", "aws-cn"],
  "@aws-cdk/aws-iam:minimizePolicies": true,
  "@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy": true,
  "@aws-cdk/aws-kms:applyImportedAliasPermissionsToPrincipal": true,
};

/**
 * The app: one shared stack, and one a network. `value` is the context key `muster`; a wrong one throws, naming every
 * fault. Two rule packs look at what is synthesised, and a finding that nobody has justified stops it.
 */
export function musterApp(value: unknown, props: AppProps = {}): App {
  const context = readContext(value);
  const app = new App({ ...props, context: { ...switches, ...props.context } });
  addStacks(app, context);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new NIST80053R5Checks(app));
  return app;
}

function addStacks(app: App, context: Context): void {
  const name = deploymentName(context.environment);
  const shared = new SharedStack(app, `${name}-shared`, { context });
  const networks = context.networks.map(
    (network) => new NetworkStack(app, `${name}-network-${network.id}`, { context, network, shared }),
  );
  const tags = {
    application: "muster",
    environment: context.environment,
    owner: context.owner,
    "data-classification": context.dataClassification,
  };
  for (const [key, text] of Object.entries(tags)) Tags.of(app).add(key, text);
  Tags.of(shared).add("component", "shared");
  for (const stack of networks) Tags.of(stack).add("component", "network");
}
