import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics } from "@aws-lambda-powertools/metrics";
import { Command, InvalidArgumentError } from "commander";
import { ulid } from "ulid";
import { connect } from "#cluster/connection.ts";
import { ownKubeconfig } from "#cluster/kubeconfig.ts";
import { ScanError } from "#contract/errors.ts";
import { RegisteredName } from "#contract/names.ts";
import { executorsDoctor } from "#functions/executor/doctor.ts";
import { imagesByPolicy } from "#functions/executor/images.ts";
import { materialFrom } from "#functions/executor/material.ts";
import { warmAuditor } from "#functions/executor/warm-auditor.ts";
import { runWorker } from "#functions/executor/worker.ts";
import { trusting } from "#signing/trust.ts";
import { orExplain } from "../failure.ts";
import { must } from "../must.ts";
import { queueUrl, remoteFrom } from "../remote-from.ts";
import { publicKeyFrom, signerFrom } from "../signing-keys.ts";

interface Flags {
  readonly cluster: string;
  readonly queue: string;
  readonly evidence: string;
  readonly published: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly concurrency: number;
  readonly signingKey?: string;
  readonly trust?: readonly string[];
  readonly endpoint?: string;
  readonly region?: string;
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("must be a whole number above 0.");
  return value;
}

const many = (value: string, before: readonly string[] = []) => [...before, value];

/** `muster worker`: the executor off Lambda, on a host or in a container, for scans of up to 11 hours. */
export function workerCommand(): Command {
  return new Command("worker")
    .description("carry out the tasks of one cluster's queue on this machine, until it is told to stop")
    .requiredOption("--cluster <id>", "the cluster's id in the deployment")
    .requiredOption("--queue <url>", "URL of its task queue")
    .requiredOption("--evidence <bucket>", "the evidence bucket")
    .requiredOption("--published <bucket>", "the published bucket")
    .option("--kubeconfig <file>", "how to reach the cluster (default: as kubectl finds it)")
    .option("--context <name>", "context in it (default: its current-context)")
    .option("--concurrency <n>", "tasks at once", whole, 2)
    .option("--signing-key <file or KMS key>", "signs reports, and is believed (default: reports are not signed)")
    .option("--trust <file or KMS key>", "also believe what is registered under this key; may be given again", many)
    .option("--endpoint <url>", "instead of AWS")
    .option("--region <name>", "AWS region (default: as the AWS SDK finds it)")
    .action((flags: Flags) => orExplain(false, () => work(flags)));
}

/** What the stack gives a task queue; a queue without dead letters has no say. */
const usualReceives = 8;

async function work(flags: Flags): Promise<number> {
  const cluster = must(RegisteredName, "--cluster", flags.cluster);
  if (flags.signingKey === undefined && flags.trust === undefined) {
    const text = "say which key signs profiles: --signing-key, or --trust for a worker that does not sign";
    throw new ScanError("bad-request", text);
  }
  const url = queueUrl(flags.queue);
  const connection = connect(cluster, ownKubeconfig(flags.kubeconfig, flags.context));
  const aws = remoteFrom(flags);
  const workDir = mkdtempSync(join(tmpdir(), "muster-")); // short: Unix socket paths have 107 bytes
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, onSignal);
  const queue = aws.queue(url);
  const published = aws.bucket(flags.published);
  const now = () => new Date();
  const connectTo = async (name: string) => {
    if (name === cluster) return connection;
    throw new ScanError("cluster-unknown", `this worker serves ${cluster}, not ${name}`);
  };
  const logger = new Logger({ serviceName: "worker" });
  const auditor = warmAuditor({ workDir, log: (line) => logger.warn(line) });
  try {
    const signer = flags.signingKey === undefined ? undefined : signerFrom(flags.signingKey, () => aws);
    const trusted = await Promise.all((flags.trust ?? []).map((key) => publicKeyFrom(key, () => aws)));
    const verifier = trusting([...(signer ? [signer] : []), ...trusted]);
    const mostReceives = (await aws.mostReceives(url)) ?? usualReceives;
    process.stderr.write(
      `working for ${cluster}: ${flags.concurrency} tasks at once, each received ${mostReceives} times\n`,
    );
    await runWorker(
      {
        ...{ queue, concurrency: flags.concurrency, mostReceives, published, evidence: aws.bucket(flags.evidence) },
        taskQueue: (name) => (name === cluster ? queue : undefined),
        connect: connectTo,
        doctor: executorsDoctor({ connect: connectTo, now }),
        images: imagesByPolicy(aws.secret),
        auditor: auditor.get,
        ...(signer && { signer }),
        material: materialFrom(published, verifier, join(workDir, "profiles")),
        now,
        attemptId: () => ulid(),
        onProgress: () => undefined,
        logger,
        metrics: new Metrics({ namespace: "muster", serviceName: "worker", logger }),
      },
      stop.signal,
    );
    return 0;
  } finally {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, onSignal);
    await auditor.close();
    connection.close();
    aws.close();
    rmSync(workDir, { recursive: true, force: true });
  }
}
