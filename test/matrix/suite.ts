import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ScanRequest } from "#contract/request.ts";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import type { ProcessNamespaceOf } from "#embedded/cluster/node/running-pod.ts";
import { exportedImage } from "#test/support/exported-image.ts";
import { inTheMiddle } from "./in-the-middle.ts";
import { manifestOf, namespaceOf } from "./pod.ts";
import { policies } from "./policies.ts";
import { usualProfile } from "./profiles.ts";
import type { MatrixResult } from "./result.ts";
import { everyVersion, newest } from "./row.ts";
import { saysOf } from "./says.ts";
import { type KnownCluster, type Scanned, type Scanning, startScanning } from "./scanning.ts";
import { connectionBy, type Stage, stageFor } from "./stage.ts";
import type { Trial } from "./trials.ts";

const levels = ["privileged", "baseline", "restricted"] as const;
const namespaceAt = (level: string) => `matrix-${level}`;
/** What clusters with policy `images` may be answered from, and nothing else. */
const imageAtHand = "muster.test/distroless-weak:1";
/** So many rows at once; more would only wait for the auditors' processor time. */
const atOnce = 6;

/**
 * Carries out every trial as a whole scan request on the cluster, several at once, version by version. Leaves the cluster
 * as the newest version, with the rows' pods in it. `tell` hears of each result as it comes.
 */
export async function runMatrix(
  cluster: EmbeddedCluster,
  trials: readonly Trial[],
  tell: (result: MatrixResult, elapsedMs: number) => void = () => {},
): Promise<readonly MatrixResult[]> {
  await cluster.apply(levels.map((level) => namespaceOf(namespaceAt(level), level)));
  const runtimes = new Map<string, ProcessNamespaceOf>();
  cluster.joinProcesses((spec, pod) => {
    const of = runtimes.get(pod.metadata.name);
    return of === undefined ? spec.targetContainerName : of(spec, pod);
  });
  const folder = mkdtempSync(join(tmpdir(), "mi-"));
  const places = await Promise.all(trials.map((trial) => placeFor(cluster, trial, runtimes)));
  const scanning = await startScanning(
    places.map(({ known }) => known),
    exportedImage(cluster, imageAtHand, folder),
  );
  const results = new Map<Trial, MatrixResult>();
  try {
    for (const version of [...everyVersion].reverse()) {
      cluster.behaveLike(version);
      await several(
        places.filter(({ trial }) => trial.version === version),
        async (place) => {
          const begun = performance.now();
          const result = await carryOutAt(place, scanning);
          results.set(place.trial, result);
          tell(result, performance.now() - begun);
        },
      );
    }
  } finally {
    await scanning.stop();
    for (const { leave } of places) await leave();
    rmSync(folder, { recursive: true, force: true });
    cluster.behaveLike(newest);
    cluster.joinProcesses(undefined);
  }
  return trials.flatMap((trial) => results.get(trial) ?? []);
}

interface Place {
  readonly trial: Trial;
  readonly stage: Stage;
  readonly known: KnownCluster;
  readonly leave: () => Promise<void>;
}

async function placeFor(
  cluster: EmbeddedCluster,
  trial: Trial,
  runtimes: Map<string, ProcessNamespaceOf>,
): Promise<Place> {
  const { row, version } = trial;
  const pod = version === newest ? row.id : `${row.id}-on-${version}`;
  const joins = (of: ProcessNamespaceOf) => void runtimes.set(pod, of);
  const { stage, leave } = stageFor(cluster, namespaceAt(row.level), pod, joins);
  const change = (await row.connection?.(stage)) ?? {};
  const name = pod.replaceAll(".", "-");
  const policy = row.policy ?? "nothing";
  return { trial, stage, leave, known: { name, policy, connect: () => connectionBy(cluster, name, change) } };
}

async function carryOutAt({ trial, stage, known }: Place, scanning: Scanning): Promise<MatrixResult> {
  const { row, version } = trial;
  const { cluster, namespace, pod } = stage;
  const parts = typeof row.pod === "function" ? row.pod(stage) : row.pod;
  await cluster.apply([manifestOf(parts, namespace, pod)]);
  await row.before?.(stage);
  const happened = row.during && inTheMiddle(stage, row.during);
  const request = {
    ...{ schemaVersion: 1 as const, requestId: pod, profile: row.profile ?? usualProfile, options: row.options ?? {} },
    targets: [
      {
        ...{ cluster: known.name, namespaces: [namespace], pods: [pod] },
        containers: [row.container ?? parts.spec.containers[0]?.name ?? ""],
        ...(row.include && { include: [...row.include] }),
      },
    ],
  };
  const { outcome, summary } = await scannedOnce(scanning, request, known);
  await happened?.();
  const counts = outcome.counts;
  return {
    ...{ id: row.id, version, title: row.title, shown: row.shown ?? "real container", outcome: outcome.outcome },
    place: [row.level, policies[known.policy].words].filter((words) => words !== "").join("; "),
    end: outcome.way ?? outcome.reason ?? "",
    verdicts: counts && {
      given: counts.passed + counts.failed,
      of: Object.values(counts).reduce((sum, count) => sum + count, 0),
    },
    says: saysOf(outcome, summary),
  };
}

/** A stream that was cut on a busy machine is no row's end: then, once more, as the deployed queue would. */
async function scannedOnce(scanning: Scanning, request: ScanRequest, { policy }: KnownCluster): Promise<Scanned> {
  const first = await scanning.scan(request, policy);
  if (first.outcome.reason !== "connection-lost") return first;
  process.stderr.write(`matrix: ${request.requestId} is scanned once more: ${first.outcome.message}\n`);
  return scanning.scan({ ...request, requestId: `${request.requestId}-again` }, policy);
}

/** Takes all of them, so many at a time, in their order. */
async function several<T>(all: readonly T[], take: (one: T) => Promise<void>): Promise<void> {
  const left = [...all];
  const worker = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await take(next);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
