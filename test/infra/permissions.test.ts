import { describe, expect, it } from "vitest";
import {
  attemptFolder,
  buriedKey,
  cancelledKey,
  clusterIndexKey,
  completeKey,
  configKey,
  currentKey,
  expectedKey,
  feedKey,
  latestKey,
  outcomeKey,
  planKey,
  registrationKey,
  rejectedKey,
  shardKey,
} from "#contract/keys.ts";
import { scanTask, target } from "#test/support/build.ts";
import { allows, permissionsOf, type Statement } from "./statements.ts";
import { contexts, synthesise } from "./synthesised.ts";

const cloud = synthesise(contexts.one);
const task = scanTask();
const { scanId, taskId } = task;
const place = (bucket: "evidence" | "published", key: string) =>
  `arn:<AWS::Partition>:s3:::muster-main-${bucket}-<AWS::AccountId>-<AWS::Region>/${key}`;
const books = [expectedKey(scanId, taskId), outcomeKey(scanId, taskId), shardKey(scanId, "00"), completeKey(scanId)];
const requests = [planKey(scanId), rejectedKey(scanId)];
const reports = [`${attemptFolder(task, "1")}/hdf.json`, `${attemptFolder(task, "1")}/manifest.json`];
const pointers = [latestKey(target(), "baseline"), clusterIndexKey("prod"), feedKey];
const registered = [currentKey("profiles", "baseline"), configKey("profiles", "baseline", "a".repeat(64))];
const everything = {
  evidence: [...books, ...requests, ...reports, buriedKey("m1"), cancelledKey(scanId)],
  published: [...pointers, ...registered, "hints/v1/x.json"],
};

const writable: Readonly<Record<string, { evidence: readonly string[]; published: readonly string[] }>> = {
  "muster-main-dispatcher": { evidence: requests, published: [] },
  "muster-main-executor-site": { evidence: [...books, ...reports], published: ["hints/v1/x.json"] },
  "muster-main-dead-letter": { evidence: [...books, buriedKey("m1")], published: [] },
  "muster-main-rollup": { evidence: [], published: pointers },
};

describe.each(Object.entries(writable))("%s", (name, own) => {
  const statements = permissionsOf(cloud, name);

  it.each(["evidence", "published"] as const)("can write its own keys of the %s bucket, and no other", (bucket) => {
    const can = everything[bucket].filter((key) => allows(statements, "s3:PutObject", place(bucket, key)));
    expect(can.toSorted()).toEqual(own[bucket].toSorted());
  });

  it("can overwrite no evidence, even if the bucket's policy were gone", () => {
    const writes = statements.filter(
      ({ actions, resources }) =>
        actions.includes("s3:PutObject") && resources.some((each) => each.includes("-evidence-")),
    );
    for (const { conditions } of writes) expect(conditions).toEqual({ Null: { "s3:if-none-match": "false" } });
  });

  it("deletes no object, changes no policy and no key", () => {
    const actions = statements.flatMap((statement) => statement.actions);
    expect(
      actions.filter((each) => /Delete(?!Message|NetworkInterface)|Policy|Acl|Retention|Schedule|Disable/.test(each)),
    ).toEqual([]);
  });
});

describe("who may do what", () => {
  const queue = (name: string) => `arn:<AWS::Partition>:sqs:<AWS::Region>:<AWS::AccountId>:muster-main-${name}`;
  const actions = (statements: readonly Statement[]) => new Set(statements.flatMap((each) => each.actions));

  it("lets the dispatcher send tasks, and neither to dead-letter queues nor into a VPC", () => {
    const statements = permissionsOf(cloud, "muster-main-dispatcher");
    expect(allows(statements, "sqs:SendMessage", queue("tasks-prod"))).toBe(true);
    expect(allows(statements, "sqs:SendMessage", queue("dead-prod"))).toBe(false);
    expect([...actions(statements)].filter((each) => each.startsWith("ec2:"))).toEqual([]);
  });

  it("lets nobody but the executor read a cluster's record or sign", () => {
    const readers = Object.keys(writable).filter((name) => {
      const own = actions(permissionsOf(cloud, name));
      return own.has("secretsmanager:GetSecretValue") || own.has("kms:Sign");
    });
    expect(readers).toEqual(["muster-main-executor-site"]);
  });

  it("lets the executor sign with one key and read its public half, and do nothing else with it", () => {
    const statements = permissionsOf(cloud, "muster-main-executor-site");
    const signing = statements.filter((each) => each.actions.includes("kms:Sign"));
    const about = signing.map((each) => [each.actions.toSorted(), each.resources.length]);
    expect(about).toEqual([[["kms:GetPublicKey", "kms:Sign"], 1]]);
    const [key = ""] = signing.flatMap((each) => each.resources);
    const others = statements.filter((each) => each.resources.includes(key) && !signing.includes(each));
    expect(others).toEqual([]);
  });

  it("lets no function write what is registered", () => {
    const keys = [...registered, registrationKey("profiles", "baseline", "a".repeat(64))];
    for (const name of Object.keys(writable)) {
      const statements = permissionsOf(cloud, name);
      expect(keys.filter((key) => allows(statements, "s3:PutObject", place("published", key)))).toEqual([]);
    }
  });

  it("lets the executor read the records of its own network's clusters, each by its own name", () => {
    const records = permissionsOf(cloud, "muster-main-executor-site").filter(({ actions: each }) =>
      each.includes("secretsmanager:GetSecretValue"),
    );
    expect(records.flatMap(({ resources }) => resources)).toEqual([expect.stringMatching(/^<Clusterprod.*>$/)]);
  });
});
