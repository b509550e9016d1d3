import type { V1Pod } from "@kubernetes/client-node";
import type { Connection } from "#cluster/connection.ts";
import type { Target } from "#contract/target.ts";
import type { Step } from "../plan.ts";
import type { ReachOptions } from "../reach-options.ts";
import type { Reached } from "../reached.ts";
import { wayOf } from "./form.ts";
import { lookThrough } from "./look-through.ts";
import { startToolbox } from "./start.ts";

/** Looks at the target through an ephemeral container of the planned form. */
export async function throughToolbox(
  connection: Connection,
  target: Target,
  pod: V1Pod,
  { form, because }: Extract<Step, { kind: "toolbox" }>,
  image: string,
  options: ReachOptions,
): Promise<Reached> {
  const workingDir = pod.spec?.containers.find(({ name }) => name === target.container)?.workingDir;
  let seen: V1Pod | undefined = pod;
  return lookThrough(connection, target, {
    ...{ way: wayOf(form), how: form.kind === "same-ids" ? "beside" : "inside", reasons: because, workingDir, options },
    // A toolbox ends by itself: each session asks anew for one that runs.
    container: async () => {
      const now = seen ?? (await options.pod());
      seen = undefined;
      return (await startToolbox(connection, target, now, form, image, options.signal)).name;
    },
  });
}
