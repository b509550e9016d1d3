import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { ownKubeconfig } from "#cluster/kubeconfig.ts";
import { ScanError } from "#contract/errors.ts";
import { openStore } from "#embedded/store.ts";
import { registerContent } from "#ledger/registry.ts";
import { storeSigner } from "#signing/key-file.ts";
import { startDaemon, stopDaemon } from "../aws/control.ts";
import type { DaemonSettings } from "../aws/daemon.ts";
import { type AwsState, readState } from "../aws/state.ts";
import { requireStore } from "../aws/store-folder.ts";
import { orExplain } from "../failure.ts";
import { profileFrom, slug } from "../profile-source.ts";

interface Common {
  readonly out: string;
  readonly json?: true;
}

interface Up extends Common {
  readonly port: number;
  readonly kubeconfig?: string;
  readonly context?: readonly string[];
  readonly profile?: readonly string[];
}

const many = (value: string, before: readonly string[] = []) => [...before, value];

/** `muster aws up|down|status`: a folder of reports as S3, and a request queue, for other programs of this machine. */
export function awsCommand(): Command {
  const aws = new Command("aws").description("serve a folder of reports as S3 and SQS on this machine");
  common(aws.command("up"))
    .description("start it in the background; prints what a shell has to export, for eval")
    .option("--port <n>", "port on 127.0.0.1; 0 for any free one", port, 4566)
    .option("--kubeconfig <file>", "carry out requests, in the clusters of this kubeconfig")
    .option("--context <name>", "in this context of it; may be given more than once (default: its current one)", many)
    .option("--profile <name or folder>", "profile that requests may name (default: container-baseline)", many)
    .action((flags: Up) => orExplain(flags.json ?? false, () => up(flags)));
  common(aws.command("down"))
    .description("stop it; scans that run have a minute to end")
    .action((flags: Common) => orExplain(flags.json ?? false, () => down(flags)));
  common(aws.command("status"))
    .description("say whether it runs, and what to export")
    .action((flags: Common) => orExplain(flags.json ?? false, async () => status(flags)));
  return aws;
}

function common(command: Command): Command {
  return command
    .option("--out <folder>", "the folder of reports", (folder) => resolve(folder), resolve("muster-reports"))
    .option("--json", "one JSON document on stdout");
}

function port(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65_535) throw new InvalidArgumentError("must be a whole number, 0 to 65535.");
  return value;
}

async function up(flags: Up): Promise<number> {
  requireStore(flags.out);
  const running = readState(flags.out);
  if (running !== undefined) {
    process.stderr.write(`already up since ${running.startedAt}; left as it is\n`);
    return show(running, flags, { started: false });
  }
  const clusters = clustersOf(flags);
  if (clusters.length > 0) await register(flags);
  // 20 characters, as AWS has them.
  const accessKeyId = `MUSTER${randomBytes(7).toString("hex").toUpperCase()}`;
  return show(await startDaemon({ store: flags.out, port: flags.port, accessKeyId, clusters }), flags, {
    started: true,
  });
}

/** The clusters whose requests are carried out; each context is looked at now, so that its faults are told now. */
function clustersOf({ kubeconfig: file, context: contexts }: Up): DaemonSettings["clusters"] {
  if (file === undefined && contexts === undefined) return [];
  const kubeconfig = file && resolve(file);
  const clusters = (contexts ?? [undefined]).map((name) => {
    const context = ownKubeconfig(kubeconfig, name).getCurrentContext();
    return { id: slug(context), kubeconfig, context };
  });
  const ids = clusters.map(({ id }) => id);
  const again = ids.find((id, index) => ids.indexOf(id) !== index);
  if (again !== undefined) throw new ScanError("bad-request", `--context: two of them would be the cluster ${again}`);
  return clusters;
}

async function register({ out, profile = ["container-baseline"] }: Up): Promise<void> {
  const registrations = await Promise.all(profile.map(profileFrom));
  const store = await openStore(out);
  try {
    const signer = storeSigner(out);
    for (const registration of registrations) await registerContent(store.published, signer, registration);
  } finally {
    store.close();
  }
}

async function down({ out, json }: Common): Promise<number> {
  const stopped = await stopDaemon(out);
  process.stdout.write(
    json ? `${JSON.stringify({ running: false, stopped })}\n` : stopped ? "stopped\n" : "not running\n",
  );
  return 0;
}

function status(flags: Common): number {
  const state = readState(flags.out);
  if (state !== undefined) return show(state, flags, {});
  process.stdout.write(flags.json ? `${JSON.stringify({ running: false })}\n` : "not running\n");
  return 0;
}

/** Prints what a shell is to export on stdout, and what a person wants to know on stderr. */
function show(state: AwsState, { json }: Common, more: object): number {
  const { url, store, requestQueueUrl, clusters } = state;
  const environment = {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: state.accessKeyId,
    AWS_SECRET_ACCESS_KEY: "not-looked-at",
    AWS_REGION: "us-east-1",
    AWS_DEFAULT_REGION: "us-east-1",
    MUSTER_REQUEST_QUEUE: requestQueueUrl,
  };
  if (json) {
    const buckets = { evidence: "evidence", published: "published" };
    const { pid } = state.process;
    process.stdout.write(
      `${JSON.stringify({ running: true, ...more, url, environment, buckets, requestQueueUrl, clusters, store, pid })}\n`,
    );
    return 0;
  }
  for (const [name, value] of Object.entries(environment)) process.stdout.write(`export ${name}=${value}\n`);
  process.stdout.write("unset AWS_PROFILE AWS_SESSION_TOKEN\n");
  const requests =
    clusters.length > 0
      ? `requests on ${requestQueueUrl} are carried out in ${clusters.join(", ")}`
      : `requests on ${requestQueueUrl} wait there: no cluster was given (--kubeconfig, --context)`;
  process.stderr.write(
    `${[
      `S3, SQS, Secrets Manager and EventBridge over ${store} at ${url} (process ${state.process.pid})`,
      "the access key is a password and is checked; signatures are not",
      requests,
      `try: aws --endpoint-url ${url} s3 ls s3://evidence --recursive`,
      `end it with: npx muster aws down --out ${store}`,
    ].join("\n")}\n`,
  );
  return 0;
}
