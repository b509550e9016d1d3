import type { V1Pod } from "@kubernetes/client-node";
import type { Connection } from "#cluster/connection.ts";
import type { Target } from "#contract/target.ts";
import type { Step } from "../plan.ts";
import type { ReachOptions } from "../reach-target.ts";
import type { Reached } from "../reached.ts";
import { ReopeningShell } from "../reopening.ts";
import type { Session } from "../session.ts";
import { chrootedShell, readTools } from "./chrooted-shell.ts";
import { enter } from "./enter.ts";
import { wayOf } from "./form.ts";
import { provePlace } from "./proof.ts";
import { enterArgv, insideShell } from "./script.ts";
import { startToolbox } from "./start.ts";

/** Looks at the target through an ephemeral container of the planned form. */
export async function throughToolbox(
  connection: Connection,
  target: Target,
  pod: V1Pod,
  { form, because }: Extract<Step, { kind: "toolbox" }>,
  image: string,
  { signal, limits, stillThere, pod: readPod }: ReachOptions,
): Promise<Reached> {
  const workingDir = pod.spec?.containers.find(({ name }) => name === target.container)?.workingDir;
  const open = async (now: V1Pod): Promise<Session> => {
    const { name } = await startToolbox(connection, target, now, form, image, signal);
    const entrance = { container: name, loop: enterArgv(target.containerId, workingDir), shell: insideShell };
    return enter(connection, target, entrance, signal, limits);
  };
  const first = await open(pod);
  const reopen = async () => {
    await stillThere();
    const session = await open(await readPod());
    await provePlace(session, target);
    return session;
  };
  try {
    const [place, tools] = await Promise.all([provePlace(first, target), readTools(first)]);
    const carrier = new ReopeningShell({ first, open: reopen });
    return chrootedShell(carrier, wayOf(form), target, place, tools, because);
  } catch (error) {
    await first.close();
    throw error;
  }
}
