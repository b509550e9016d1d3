import { KubeConfig } from "@kubernetes/client-node";
import { remote } from "#aws/remote.ts";
import { connect } from "#cluster/connection.ts";
import { execute } from "#functions/executor/execute.ts";
import { tenThousand } from "./tasks.ts";

/** The executor's side of `expand`: prints {seconds, megabytes}, the latter this process's resident set at its largest. */
const [endpoint = "", queueUrl = "", kubeconfig = ""] = process.argv.slice(2);
const config = new KubeConfig();
config.loadFromString(kubeconfig);
const connection = connect("prod", config);
const aws = remote({ endpoint, region: "us-east-1" });
const notHere = async () => Promise.reject(new Error("an expand task needs none"));
const ports = {
  ...{ evidence: aws.bucket("evidence"), published: aws.bucket("published"), taskQueue: () => aws.queue(queueUrl) },
  ...{ connect: async () => connection, auditor: notHere, material: notHere },
  now: () => new Date(),
  attemptId: () => "1",
  onProgress: () => undefined,
};
const begun = performance.now();
await execute(tenThousand, ports, { leftMs: 900_000, receive: 1, mostReceives: 8 });
const seconds = (performance.now() - begun) / 1000;
process.stdout.write(JSON.stringify({ seconds, megabytes: process.resourceUsage().maxRSS / 1000 }));
connection.close();
aws.close();
