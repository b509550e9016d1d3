import { Duration, Size } from "aws-cdk-lib";
import type { ISecurityGroup, ISubnet, IVpc } from "aws-cdk-lib/aws-ec2";
import { Repository } from "aws-cdk-lib/aws-ecr";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { Architecture, DockerImageCode, DockerImageFunction, LoggingFormat } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import type { Context } from "../context.ts";
import { executorNodeOptions, mostTaskReceives } from "../derived.ts";
import { acknowledge } from "./acknowledge.ts";
import type { Deployment } from "./deployment.ts";
import { functionEnvironment } from "./function-environment.ts";
import { FunctionRole } from "./function-role.ts";
import { Log } from "./log.ts";
import { forClusters, type OfClusters, scanning } from "./scanning.ts";
import { queueFed } from "./zip-function.ts";

export interface ExecutorProps extends OfClusters {
  readonly deployment: Deployment;
  /** Id of the network that the function stands in. */
  readonly network: string;
  readonly settings: Context["executor"];
  readonly signingKey: IKey;
  /** Further public keys that registered content may be signed with, base64 of DER. */
  readonly trustedKeys: readonly string[];
  readonly vpc: IVpc;
  readonly subnets: readonly ISubnet[];
  readonly group: ISecurityGroup;
}

/** The function that looks into containers, one a network: the same image everywhere, what is its own comes by names. */
export class Executor extends Construct {
  readonly function: DockerImageFunction;
  readonly timeout: Duration;

  constructor(scope: Construct, id: string, props: ExecutorProps) {
    super(scope, id);
    const { deployment, network, settings } = props;
    const log = new Log(this, "Log", {
      ...{ name: `/${deployment.name}/executor/${network}`, key: deployment.dataKey, days: deployment.logDays },
    });
    const { role } = new FunctionRole(this, "Access", {
      logGroup: log.group,
      permissions: scanning(deployment, props.signingKey),
      byCluster: forClusters(props),
      inVpc: true,
    });
    const { repository, tag, digest } = settings.image;
    const images = Repository.fromRepositoryName(this, "Images", repository);
    this.timeout = Duration.minutes(settings.timeoutMinutes);
    this.function = new DockerImageFunction(this, "Function", {
      functionName: `${deployment.name}-executor-${network}`,
      description: "muster: finds containers, looks inside, judges, writes reports",
      code: DockerImageCode.fromEcr(images, { tagOrDigest: digest ?? tag ?? "latest" }),
      architecture: settings.architecture === "arm64" ? Architecture.ARM_64 : Architecture.X86_64,
      timeout: this.timeout,
      memorySize: settings.memoryMiB,
      ephemeralStorageSize: Size.mebibytes(settings.diskMiB),
      role,
      vpc: props.vpc,
      vpcSubnets: { subnets: [...props.subnets] },
      securityGroups: [props.group],
      logGroup: log.group,
      loggingFormat: LoggingFormat.JSON,
      environment: functionEnvironment(this, {
        deployment,
        own: {
          MOST_RECEIVES: String(mostTaskReceives),
          NODE_OPTIONS: executorNodeOptions,
          SIGNING_KEY: props.signingKey.keyArn,
          ...(props.trustedKeys.length > 0 && { TRUSTED_KEYS: props.trustedKeys.join(" ") }),
        },
      }),
    });
    acknowledge(this, queueFed);
  }
}
