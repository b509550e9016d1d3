import { describe, expect, it } from "vitest";
import { asText, permissionsOf, statementsOf } from "./statements.ts";
import { contexts, synthesise } from "./synthesised.ts";

const clouds = { one: synthesise(contexts.one), forty: synthesise(contexts.forty) };

describe.each(Object.entries(clouds))("the queues of context %s", (_name, cloud) => {
  const { context } = cloud;
  const prefix = `muster-${context.environment}`;
  const queue = (stack: string, pointer: unknown) => cloud.target(stack, pointer).Properties;
  /** Clusters some of whose profiles are a worker's. */
  const apart = context.clusters.filter(({ workerProfiles }) => workerProfiles.length > 0);
  const mappings = cloud.all("AWS::Lambda::EventSourceMapping").map((mapping) => ({
    ...mapping,
    queue: queue(mapping.stack, mapping.Properties.EventSourceArn),
    function: cloud.target(mapping.stack, mapping.Properties.FunctionName).Properties,
  }));

  it("hide a message for six times as long as its function may take", () => {
    const scannedByFunction = context.clusters.filter(({ scanBy }) => scanBy === "function").length;
    expect(mappings).toHaveLength(2 + context.clusters.length + apart.length + scannedByFunction);
    for (const each of mappings) {
      expect(each.queue.VisibilityTimeout, each.id).toBeGreaterThanOrEqual(6 * each.function.Timeout);
      expect(each.Properties.FunctionResponseTypes).toEqual(["ReportBatchItemFailures"]);
    }
  });

  it("give each cluster a queue of its own, one task an invocation and its cap", () => {
    for (const cluster of context.clusters.filter(({ scanBy }) => scanBy === "function")) {
      const own = mappings.find((mapping) => mapping.queue.QueueName === `${prefix}-tasks-${cluster.id}`);
      expect(own?.Properties).toMatchObject({
        BatchSize: 1,
        ScalingConfig: { MaximumConcurrency: cluster.maximumConcurrency },
      });
      expect(own?.function.FunctionName).toBe(`${prefix}-executor-${cluster.network}`);
      expect(own?.queue.RedrivePolicy.maxReceiveCount).toBe(8);
    }
  });

  it("leave a cluster's tasks, or those of some profiles, to a worker where the context says so, and dead letters to nobody else", () => {
    const whole = context.clusters
      .filter(({ scanBy }) => scanBy === "worker")
      .map((each) => ({ ...each, queue: each.id }));
    for (const { id, network, queue } of [...whole, ...apart.map((each) => ({ ...each, queue: `${each.id}_work` }))]) {
      const fed = mappings.map((mapping): string => mapping.queue.QueueName);
      expect(fed).not.toContain(`${prefix}-tasks-${queue}`);
      expect(fed).toContain(`${prefix}-dead-${queue}`);
      const stack = `${prefix}-network-${network}`;
      const outputs = Object.keys(cloud.stacks.get(stack)?.Outputs ?? {});
      expect(outputs).toContain("WorkerPolicyArns");
      expect(outputs).toContain(`WorkerQueueUrl${id.replaceAll("-", "")}`);
      const passages = cloud
        .all("AWS::EC2::VPCEndpoint")
        .filter((each) => each.stack === stack)
        .flatMap(({ Properties }) => statementsOf(Properties.PolicyDocument).flatMap(({ actions }) => actions));
      expect(passages).toEqual(expect.arrayContaining(["sqs:ReceiveMessage", "sqs:DeleteMessage"]));
    }
  });

  it("let a worker scan, with its own queues and records alone, and be no function", () => {
    for (const { id: network } of context.networks) {
      const stack = `${prefix}-network-${network}`;
      const own = context.clusters.filter((each) => each.network === network);
      const workers = own.filter(({ scanBy, workerProfiles }) => scanBy === "worker" || workerProfiles.length > 0);
      const { Value: arns } = (cloud.stacks.get(stack)?.Outputs?.WorkerPolicyArns ?? {}) as { Value?: unknown };
      expect(arns === undefined).toBe(workers.length === 0);
      const named = JSON.stringify(arns ?? "");
      const policies = cloud
        .all("AWS::IAM::ManagedPolicy")
        .filter((each) => each.stack === stack && named.includes(`"${each.id}"`));
      const statements = policies.flatMap(({ Properties }) => statementsOf(Properties.PolicyDocument));
      const of = (action: string) =>
        new Set(statements.filter(({ actions }) => actions.includes(action)).flatMap(({ resources }) => resources));
      expect(of("sqs:ReceiveMessage").size).toBe(workers.length);
      expect(of("secretsmanager:GetSecretValue").size).toBeGreaterThanOrEqual(workers.length);
      expect(of("secretsmanager:GetSecretValue").size).toBeLessThanOrEqual(2 * workers.length);
      expect(statements.flatMap(({ actions }) => actions).filter((each) => /^(ec2|logs):/.test(each))).toEqual([]);
      if (workers.length > 0) expect([...of("s3:PutObject")].length).toBeGreaterThan(0);
    }
  });

  it("tell of tasks that were buried, though a function takes them away at once, and of those that no worker takes", () => {
    const alarms = cloud.all("AWS::CloudWatch::Alarm");
    const of = (name: string) =>
      alarms.find(({ Properties }) => Properties.AlarmName === `${prefix}-${name}`)?.Properties;
    for (const { id, scanBy } of context.clusters) {
      expect(of(`tasks-${id}-dead`)).toMatchObject({ MetricName: "NumberOfMessagesReceived", Statistic: "Sum" });
      const late = scanBy === "worker" ? "ApproximateNumberOfMessagesVisible" : "ApproximateAgeOfOldestMessage";
      expect(of(`tasks-${id}-late`)?.MetricName).toBe(late);
    }
    for (const { id } of apart) expect(of(`tasks-${id}_work-late`)?.Statistic).toBe("Minimum");
    expect(of("requests-dead")?.MetricName).toBe("ApproximateNumberOfMessagesVisible");
  });

  it("let the executor send to every queue of its own network's clusters", () => {
    for (const network of context.networks) {
      const statements = permissionsOf(cloud, `${prefix}-executor-${network.id}`);
      const send = statements.filter(({ actions }) => actions.includes("sqs:SendMessage"));
      const own = context.clusters.filter((cluster) => cluster.network === network.id);
      const count = own.length + own.filter(({ workerProfiles }) => workerProfiles.length > 0).length;
      expect(new Set(send.flatMap(({ resources }) => resources)).size).toBe(count);
    }
  });

  it("keep dead letters for longer than the queue that they come from, which alone may send them there", () => {
    const sources = cloud.all("AWS::SQS::Queue").filter(({ Properties }) => Properties.RedrivePolicy !== undefined);
    expect(sources).toHaveLength(2 + context.clusters.length + apart.length);
    for (const { stack, Properties } of sources) {
      const dead = queue(stack, Properties.RedrivePolicy.deadLetterTargetArn);
      expect(dead.MessageRetentionPeriod).toBeGreaterThan(Properties.MessageRetentionPeriod);
      const [source] = dead.RedriveAllowPolicy.sourceQueueArns;
      expect(asText(source)).toMatch(new RegExp(`:${Properties.QueueName}$`));
    }
  });
});
