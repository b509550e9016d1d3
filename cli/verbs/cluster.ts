import { resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { downDaemon, upDaemon } from "#embedded/cluster/daemon-control.ts";
import { type DaemonState, DEFAULT_CLUSTER_DIR, readState } from "#embedded/cluster/daemon-state.ts";
import { isKubernetesVersion, type KubernetesVersion } from "#embedded/cluster/versions.ts";

interface Common {
  readonly dir: string;
  readonly json?: true;
}

interface Up extends Common {
  readonly version: KubernetesVersion;
  readonly rtt: number;
  readonly workloads?: string;
}

/** `muster cluster up|down|status`: a cluster with real containers on this machine, in the background. */
export function clusterCommand(): Command {
  const cluster = new Command("cluster").description(
    "run a Kubernetes-shaped cluster of real containers on this machine",
  );
  common(cluster.command("up"))
    .description("start it and return when every workload was started")
    .option("--version <version>", "Kubernetes to behave like: 1.27, 1.31 or 1.36", parseVersion, "1.36")
    .option("--rtt <ms>", "round-trip time to its API server in milliseconds", parseMs, 0)
    .option("--workloads <dir>", "folder of manifests to run instead of the sample workloads")
    .action((options: Up) => deciding(() => up(options)));
  common(cluster.command("down"))
    .description("stop it and wait until nothing of it is left running")
    .action((options: Common) => deciding(() => down(options)));
  common(cluster.command("status"))
    .description("say whether it runs, and how to reach it")
    .action((options: Common) => deciding(async () => status(options)));
  return cluster;
}

function common(command: Command): Command {
  return command
    .option("--dir <dir>", "where the cluster keeps its files", (dir) => resolve(dir), DEFAULT_CLUSTER_DIR)
    .option("--json", "print the result as JSON");
}

async function up(options: Up): Promise<void> {
  const { state, started } = await upDaemon({
    ...{ dir: options.dir, version: options.version, rttMs: options.rtt, log: (line) => console.error(line) },
    ...(options.workloads === undefined ? {} : { workloads: resolve(options.workloads) }),
  });
  if (!started) console.error(`already up since ${state.startedAt} as Kubernetes ${state.version}; left as it is`);
  if (options.json) return print({ running: true, started, ...state });
  console.log(describe(state));
}

async function down(options: Common): Promise<void> {
  const result = await downDaemon(options.dir);
  if (options.json) return print({ running: false, result });
  console.log(result === "cleaned" ? "cleaned up after a cluster that did not end properly" : result);
}

function status(options: Common): void {
  const recorded = readState(options.dir);
  const running = recorded?.alive === true;
  if (options.json) print({ running, ...(recorded === undefined ? {} : { stale: !running, ...recorded.state }) });
  else if (recorded === undefined) console.log("not running");
  else if (!running) console.log("not running; the last one did not end properly: `muster cluster down` cleans up");
  else console.log(describe(recorded.state));
}

function describe(state: DaemonState): string {
  return [
    `Kubernetes ${state.version} at ${state.server} (process ${state.process.pid}, ${state.rttMs} ms away)`,
    `kubeconfig ${state.kubeconfig}`,
    `  contexts: muster (current, a scanner's rights), muster-toolbox (and ephemeral containers), muster-admin, nobody`,
    `  try: KUBECONFIG=${state.kubeconfig} kubectl get pods -A`,
  ].join("\n");
}

/** What cannot be done here is exit code 2 and one line, not a stack trace. */
async function deciding(action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 2;
  }
}

function print(value: object): void {
  console.log(JSON.stringify(value));
}

function parseVersion(text: string): KubernetesVersion {
  if (!isKubernetesVersion(text)) throw new InvalidArgumentError("known are 1.27, 1.31 and 1.36.");
  return text;
}

function parseMs(text: string): number {
  const ms = Number(text);
  if (!Number.isFinite(ms) || ms < 0) throw new InvalidArgumentError("milliseconds, 0 or more.");
  return ms;
}
