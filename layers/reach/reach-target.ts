import type { V1Pod } from "@kubernetes/client-node";
import type { Connection } from "#cluster/connection.ts";
import { containersOf } from "#cluster/containers.ts";
import { ScanError } from "#contract/errors.ts";
import type { ToolboxPolicy } from "#contract/policy.ts";
import { type Target, targetName } from "#contract/target.ts";
import { throughImage } from "./image/through-image.ts";
import { openShell } from "./open-shell.ts";
import { ownShell } from "./own-shell.ts";
import { type Attempt, type PlanFacts, plan } from "./plan.ts";
import type { ReachOptions } from "./reach-options.ts";
import type { Reached } from "./reached.ts";
import { ReopeningShell } from "./reopening.ts";
import { throughSidecar } from "./sidecar/through-sidecar.ts";
import { mayPatchEphemeral, securityLevelOf } from "./toolbox/cluster-facts.ts";
import type { Ids } from "./toolbox/form.ts";
import { factsOfPod } from "./toolbox/pod-facts.ts";
import { LookDenied } from "./toolbox/refusal.ts";
import { FormRefused } from "./toolbox/start.ts";
import { throughToolbox } from "./toolbox/through-toolbox.ts";
import { openWindows } from "./windows/open-windows.ts";
import { throughWindows } from "./windows/through-windows.ts";

/**
 * A shell in a container of any kind: its own where it has one, else by what the planner chooses. Only `no-shell` leads
 * on from the first exec; every other refusal is final. Windows has shells of its own, and no other way.
 */
export async function reachTarget(
  connection: Connection,
  target: Target,
  policy: ToolboxPolicy,
  options: ReachOptions,
): Promise<Reached> {
  if (target.os === "windows") {
    const { signal, limits } = options;
    const open = () => openWindows(connection, target, { signal, limits });
    return throughWindows(await open(), () => options.stillThere().then(open));
  }
  try {
    const { known = [] } = options;
    const first = await openShell(connection, target, options);
    const open = async () => {
      await options.stillThere();
      return openShell(connection, target, options);
    };
    return ownShell(new ReopeningShell({ first, open, known }));
  } catch (error) {
    if (!(error instanceof ScanError) || error.code !== "no-shell") throw error;
    return reachWithoutShell(connection, target, policy, options, error);
  }
}

/**
 * The second half of it, for who knows already that there is no shell: plans, tries, and plans again with what came of it,
 * until a way leads in or none is left. `noShell` is what the first exec ended with.
 */
export async function reachWithoutShell(
  connection: Connection,
  asked: Target,
  policy: ToolboxPolicy,
  options: ReachOptions,
  noShell: ScanError,
): Promise<Reached> {
  const { signal } = options;
  const tried: Attempt[] = [];
  let ids: Partial<Ids> | undefined;
  let ofCluster: Pick<PlanFacts, "level" | "mayPatch"> | undefined;
  for (;;) {
    const pod = await options.pod();
    const target = asInPod(asked, pod);
    const ofPod = factsOfPod(target, pod, policy);
    const facts = { ...ofPod, ids: ids ?? ofPod.ids, level: "unknown", mayPatch: undefined, tried } as const;
    let step = plan(facts);
    if (step.kind === "toolbox") {
      ofCluster ??= await askCluster(connection, target, signal);
      step = plan({ ...facts, ...ofCluster });
    }
    if (step.kind === "refused" && options.images !== undefined && target.os === "linux") {
      return throughImage(target, pod, step.because, { ...options, images: options.images });
    }
    if (step.kind === "refused") {
      throw new ScanError(step.code, `${targetName(target)}: ${step.because.join(" ")}`, { cause: noShell });
    }
    if (step.kind === "sidecar") return throughSidecar(connection, target, step, options);
    try {
      return await throughToolbox(connection, target, pod, step, policy.image ?? "", options);
    } catch (error) {
      if (error instanceof FormRefused) tried.push({ form: step.form, how: "refused", words: error.message });
      else if (error instanceof LookDenied) {
        tried.push({ form: step.form, how: "denied", words: error.message });
        ids = error.ids ?? ids;
      } else throw error;
    }
  }
}

/** Another second half, for a container that may not be entered at all: its image, or the refusal as it was. */
export async function reachShutOut(
  target: Target,
  pod: V1Pod,
  options: Pick<ReachOptions, "images" | "signal" | "architecture">,
  refusal: ScanError,
): Promise<Reached> {
  const { images } = options;
  if (images === undefined || target.os !== "linux") throw refusal;
  return throughImage(target, pod, [refusal.message], { ...options, images });
}

/** The container id of this moment: the one that was asked for may have restarted since its task was written. */
function asInPod(asked: Target, pod: V1Pod): Target {
  const all = containersOf(asked.cluster, pod, ["containers", "initContainers", "ephemeralContainers"]);
  return all.find(({ target }) => target.container === asked.container)?.target ?? asked;
}

async function askCluster(connection: Connection, target: Target, signal: AbortSignal) {
  const [level, mayPatch] = await Promise.all([
    securityLevelOf(connection, target.namespace, signal),
    mayPatchEphemeral(connection, target.namespace, signal),
  ]);
  return { level, mayPatch };
}
