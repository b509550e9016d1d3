import { setTimeout as sleep } from "node:timers/promises";
import type { Connection } from "#cluster/connection.ts";
import { abortError, ScanError } from "#contract/errors.ts";
import { type Target, targetName } from "#contract/target.ts";
import type { Step } from "../plan.ts";
import type { ReachOptions } from "../reach-options.ts";
import type { Reached } from "../reached.ts";
import { type Look, lookThrough } from "../toolbox/look-through.ts";
import { LookDenied, TargetUnseen } from "../toolbox/refusal.ts";

/** A container that the API calls running may still be on its way into the process table. */
const unseenForMs = 10_000;
const pauseMs = 500;

/**
 * Looks at the target from the sidecar that its pod carries: by chroot where the sidecar's rights allow it, else by reading.
 * The pod is not touched, and nothing is left behind but the sidecar itself.
 */
export async function throughSidecar(
  connection: Connection,
  target: Target,
  step: Extract<Step, { kind: "sidecar" }>,
  options: ReachOptions,
): Promise<Reached> {
  const look = (how: Look["how"], because: string) => {
    const reasons = [...step.because, because];
    const container = async () => step.container;
    const given = { way: "sidecar", how, container, reasons, workingDir: undefined, options } as const;
    return onceSeen(() => lookThrough(connection, target, given), options.signal);
  };
  try {
    return await look("inside", "Its rights suffice to enter the target.");
  } catch (error) {
    if (!(error instanceof LookDenied)) throw error;
  }
  try {
    return await look("beside", "Its rights suffice to read the target, and not to enter it.");
  } catch (error) {
    if (!(error instanceof LookDenied)) throw error;
    const text = `${targetName(target)}: the sidecar may not look into the target: ${error.message}`;
    throw new ScanError("toolbox-refused", text, { cause: error });
  }
}

async function onceSeen<T>(look: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let waitedMs = 0; ; waitedMs += pauseMs) {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof TargetUnseen) || waitedMs >= unseenForMs) throw error;
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) throw abortError(signal, "waiting for the target's process");
    }
  }
}
