import { CfnOutput, Duration, Fn, Stack } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { Alarms } from "../constructs/alarms.ts";
import { ClusterTasks } from "../constructs/cluster-tasks.ts";
import { Endpoints } from "../constructs/endpoints.ts";
import { Executor } from "../constructs/executor.ts";
import { NetworkVpc } from "../constructs/network-vpc.ts";
import { PrivateNames } from "../constructs/private-names.ts";
import { QueueFeed } from "../constructs/queue-feed.ts";
import { WaysOut } from "../constructs/ways-out.ts";
import { WorkerAccess } from "../constructs/worker-access.ts";
import type { Network } from "../context/network.ts";
import { type Context, waysOut } from "../context.ts";
import { pollersOfFewMessages } from "../derived.ts";
import type { SharedStack } from "./shared-stack.ts";

export interface NetworkStackProps {
  readonly context: Context;
  readonly network: Network;
  readonly shared: SharedStack;
}

const executorOnQueues = ["sqs:SendMessage", "sqs:ChangeMessageVisibility"];
/** What Lambda does for a function from outside, and a worker does itself. */
const workerOnQueues = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];

/** ARNs of the clusters' records, and of the pull secrets that their policies name. */
function secretsOf(clusters: readonly ClusterTasks[]): readonly string[] {
  const pullSecrets = clusters.flatMap(({ cluster }) => cluster.policy.pullSecret ?? []);
  return [...new Set([...clusters.map(({ record }) => record.arn), ...pullSecrets])];
}

/** One way to clusters: a VPC, the executor in it, and for each cluster its queues, record and alarms. */
export class NetworkStack extends Stack {
  constructor(scope: Construct, id: string, { context, network, shared }: NetworkStackProps) {
    super(scope, id, { description: `muster: executor and clusters of network ${network.id}` });
    const { deployment, keys, deadLetter, alarmTopic: topic } = shared;
    const { vpc, subnets, vpn } = new NetworkVpc(this, "Network", { deployment, network });
    const { s3PrefixListId } = context;
    const endpointGroupIds = network.vpc.kind === "existing" ? network.vpc.endpointSecurityGroupIds : [];
    const to = waysOut(network, context.clusters);
    const groups = new WaysOut(this, "WaysOut", { vpc, s3PrefixListId, endpointGroupIds, to });
    new PrivateNames(this, "Names", { vpc, subnets, resolvers: network.resolvers, ruleIds: network.resolverRuleIds });

    const executorTimeout = Duration.minutes(context.executor.timeoutMinutes);
    const clusters = context.clusters
      .filter((cluster) => cluster.network === network.id)
      .map((cluster) => new ClusterTasks(this, `Cluster-${cluster.id}`, { deployment, cluster, executorTimeout }));
    const queues = clusters.flatMap((tasks) => tasks.queues);
    const taskQueues = queues.map(({ queue }) => queue.queueArn);
    const secrets = secretsOf(clusters);
    const executor = new Executor(this, "Executor", {
      ...{ deployment, network: network.id, settings: context.executor, signingKey: keys.signing },
      trustedKeys: context.trustedKeys,
      ...{ vpc, subnets, group: groups.executor, taskQueues, secrets },
    });
    const worked = queues.some(({ takenBy }) => takenBy === "worker");
    if (groups.endpoints === undefined) {
      new CfnOutput(this, "ExecutorGroupId", { value: groups.executor.securityGroupId });
    } else {
      const { evidence, published } = deployment;
      const objects = [evidence, published].flatMap(({ arn }) => [arn, `${arn}/*`]);
      new Endpoints(this, "Endpoints", {
        ...{ vpc, subnets, group: groups.endpoints },
        s3: { actions: ["s3:GetObject", "s3:PutObject", "s3:ListBucket"], resources: objects },
        sqs: { actions: [...executorOnQueues, ...(worked ? workerOnQueues : [])], resources: taskQueues },
        secretsManager: { actions: ["secretsmanager:GetSecretValue"], resources: secrets },
        kms: { actions: ["kms:Sign", "kms:GetPublicKey"], resources: [keys.signing.keyArn] },
      });
    }

    const alarms = new Alarms(this, "Alarms", { ...context.alarms, deployment: deployment.name, topic });
    for (const { cluster, queues } of clusters) {
      const { maximumConcurrency: maxConcurrency } = cluster;
      for (const { queue, dead, name, takenBy } of queues) {
        if (takenBy === "function") {
          new QueueFeed(this, `Feed-${name}`, { queue, target: executor.function, batchSize: 1, maxConcurrency });
        } else new CfnOutput(this, `WorkerQueueUrl-${cluster.id}`, { value: queue.queueUrl });
        new QueueFeed(this, `DeadFeed-${name}`, {
          ...{ queue: dead, target: deadLetter, batchSize: 10, maxConcurrency: pollersOfFewMessages },
        });
        alarms.buried(`tasks-${name}`, dead);
        if (takenBy === "function") alarms.late(`tasks-${name}`, queue);
        else alarms.waiting(`tasks-${name}`, queue);
      }
    }
    alarms.failing(`executor-${network.id}`, executor.function);
    alarms.slow(`executor-${network.id}`, executor.function, executor.timeout);
    if (vpn !== undefined) alarms.tunnel(`vpn-${network.id}`, vpn.vpnId);
    new CfnOutput(this, "ExecutorRoleArn", { value: executor.function.role?.roleArn ?? "" });
    if (worked) {
      const workers = clusters.filter((each) => each.queues.some(({ takenBy }) => takenBy === "worker"));
      const access = new WorkerAccess(this, "WorkerAccess", {
        ...{ deployment, signingKey: keys.signing, secrets: secretsOf(workers) },
        taskQueues: queues.filter(({ takenBy }) => takenBy === "worker").map(({ queue }) => queue.queueArn),
      });
      const arns = access.policies.map(({ managedPolicyArn }) => managedPolicyArn);
      new CfnOutput(this, "WorkerPolicyArns", { value: Fn.join(" ", arns) });
    }
  }
}
