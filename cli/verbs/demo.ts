import { join } from "node:path";
import { Command } from "commander";
import { connect } from "#cluster/connection.ts";
import { ownKubeconfig } from "#cluster/kubeconfig.ts";
import { ScanError } from "#contract/errors.ts";
import { startCluster } from "#embedded/cluster/cluster.ts";
import { upDaemon } from "#embedded/cluster/daemon-control.ts";
import { DEFAULT_CLUSTER_DIR } from "#embedded/cluster/daemon-state.ts";
import { RequirementError } from "#embedded/cluster/requirements.ts";
import { type Carried, carryOut } from "../carry-out.ts";
import { orExplain } from "../failure.ts";
import { profileFrom } from "../profile-source.ts";
import { type Progress, progressOn } from "../progress.ts";
import { showOutcomes } from "../show.ts";

const state = new URL("../../.muster/", import.meta.url).pathname;
const profile = "container-baseline";

/** `muster demo`: an embedded cluster with sample workloads, one scan request through the whole path, and its reports. */
export function demoCommand(): Command {
  return new Command("demo")
    .description("scan the sample workloads of an embedded cluster, from request to report")
    .option("--keep", "leave the cluster up, and say how to reach it")
    .option("--json", "one JSON document on stdout")
    .action((flags: { keep?: true; json?: true }) =>
      orExplain(flags.json ?? false, () => demo(flags.keep ?? false, flags.json ?? false)),
    );
}

async function demo(keep: boolean, json: boolean): Promise<number> {
  const progress = progressOn(process.stderr);
  const stop = new AbortController();
  const interrupt = () => stop.abort(new ScanError("cancelled", "interrupted"));
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  try {
    const carried = keep ? await onKeptCluster(progress, stop.signal) : await onOwnCluster(progress, stop.signal);
    return showOutcomes(carried, json);
  } catch (error) {
    if (!(error instanceof RequirementError)) throw error;
    throw new ScanError(
      "bad-request",
      `${error.message}; to scan a cluster of your own instead: npx muster scan --help`,
    );
  } finally {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
}

async function onOwnCluster(progress: Progress, signal: AbortSignal): Promise<Carried> {
  progress.say("starting the embedded cluster …");
  const cluster = await startCluster({ baseDir: join(state, "demo-cluster"), log: progress.say });
  try {
    return await scanAll(cluster.kubeconfig, progress, signal);
  } finally {
    await cluster.stop();
    progress.say("the embedded cluster is stopped");
  }
}

async function onKeptCluster(progress: Progress, signal: AbortSignal): Promise<Carried> {
  const settings = { dir: DEFAULT_CLUSTER_DIR, version: "1.36", rttMs: 0, log: progress.say } as const;
  const { kubeconfig } = (await upDaemon(settings)).state;
  const carried = await scanAll(kubeconfig, progress, signal);
  progress.say(`the cluster is still up: KUBECONFIG=${kubeconfig} kubectl get pods -A`);
  progress.say("end it with: npx muster cluster down");
  return carried;
}

async function scanAll(kubeconfig: string, progress: Progress, signal: AbortSignal): Promise<Carried> {
  const config = ownKubeconfig(kubeconfig, "muster");
  const cluster = "demo";
  return carryOut({
    request: { schemaVersion: 1, requestedBy: "muster demo", profile, targets: [{ cluster, namespaces: ["demo"] }] },
    registrations: [await profileFrom(profile)],
    clusters: new Map([[cluster, async () => connect(cluster, config)]]),
    store: join(state, "demo", new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "")),
    progress,
    signal,
  });
}
