import type { V1Pod } from "@kubernetes/client-node";
import { ask } from "#cluster/api.ts";
import type { Connection } from "#cluster/connection.ts";
import { patiently } from "#cluster/retry.ts";
import { refusedWith } from "#cluster/status.ts";
import { ScanError } from "#contract/errors.ts";
import { type Target, targetName } from "#contract/target.ts";
import { awaitToolbox } from "./await.ts";
import { containerOf, type Form } from "./form.ts";
import { namesOf } from "./name.ts";

/** The API server will not have a toolbox of this form; its words name the rule. */
export class FormRefused extends Error {}

export interface Started {
  /** Name of the running toolbox container. */
  readonly name: string;
  readonly reused: boolean;
}

/**
 * Gives a running toolbox of this form: the one that is there, or one that is patched into the pod and awaited. A dry run
 * goes first, so that a refusal leaves nothing behind. Throws FormRefused, or `toolbox-image`, `toolbox-refused`.
 */
export async function startToolbox(
  connection: Connection,
  target: Target,
  pod: V1Pod,
  form: Form,
  image: string,
  signal: AbortSignal,
): Promise<Started> {
  const name = freeName(pod, form, image, target.container);
  const there = pod.spec?.ephemeralContainers?.some((each) => each.name === name) ?? false;
  if (!there) {
    const container = containerOf(form, name, image, target.container);
    await patch(connection, target, container, signal, "All");
    await patch(connection, target, container, signal);
  }
  await awaitToolbox(connection, target, name, signal);
  return { name, reused: there };
}

/** The first name whose container has not ended. */
function freeName(pod: V1Pod, form: Form, image: string, target: string): string {
  const ended = new Set(
    (pod.status?.ephemeralContainerStatuses ?? []).filter(({ state }) => state?.terminated).map(({ name }) => name),
  );
  for (const name of namesOf(form, image, target)) if (!ended.has(name)) return name;
  throw new Error("names do not run out");
}

async function patch(
  connection: Connection,
  target: Target,
  container: object,
  signal: AbortSignal,
  dryRun?: "All",
): Promise<void> {
  const what = `add a toolbox container to ${targetName(target)}`;
  try {
    const request = {
      path: `api/v1/namespaces/${target.namespace}/pods/${target.pod}/ephemeralcontainers`,
      query: { dryRun, fieldManager: "muster" },
      method: "PATCH" as const,
      contentType: "application/strategic-merge-patch+json",
      // The uid makes it a precondition: another pod under the same name is left alone.
      body: { metadata: { uid: target.podUid }, spec: { ephemeralContainers: [container] } },
      what,
      signal,
    };
    await patiently(() => ask(connection, request), signal);
  } catch (error) {
    const status = refusedWith(error);
    if (!(error instanceof ScanError) || status === undefined) throw error;
    if (status === 404) throw new ScanError("not-running", error.message, { cause: error });
    if (status === 409) throw new ScanError("replaced", error.message, { cause: error });
    if (status === 403 && /cannot patch resource/.test(error.message)) throw error;
    if (status === 400 || status === 403 || status === 422) throw new FormRefused(error.message);
    throw error;
  }
}
