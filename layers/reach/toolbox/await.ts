import type { V1ContainerStatus, V1Pod } from "@kubernetes/client-node";
import type { Connection } from "#cluster/connection.ts";
import { watchPod } from "#cluster/watch.ts";
import { abortError, ScanError } from "#contract/errors.ts";
import { type Target, targetName } from "#contract/target.ts";

/** A pull over a slow line may take this long; a node that cannot pull says so well before. */
const deadlineMs = 120_000;

/** Resolves when the toolbox runs. Throws `toolbox-image`, `toolbox-refused` or `not-running`, in the node's words. */
export async function awaitToolbox(
  connection: Connection,
  target: Target,
  name: string,
  outer: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  const late = AbortSignal.timeout(deadlineMs);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const what = `${targetName(target)}: toolbox ${name}`;
  const look = (pod: V1Pod | undefined) => {
    if (pod === undefined) return reject(new ScanError("not-running", `${what}: the pod is gone`));
    const status = pod.status?.ephemeralContainerStatuses?.find((each) => each.name === name);
    if (status?.state?.running) return resolve();
    const trouble = troubleOf(status);
    if (trouble !== undefined) reject(new ScanError(trouble.code, `${what}: ${trouble.words}`));
  };
  const { namespace, pod } = target;
  const signal = AbortSignal.any([outer, over.signal, late]);
  late.addEventListener("abort", () =>
    reject(new ScanError("toolbox-image", `${what}: it did not start within ${deadlineMs / 1000} s`)),
  );
  outer.addEventListener("abort", () => reject(abortError(outer, what)), { signal: over.signal });
  watchPod(connection, namespace, pod, (event) => look(event.kind === "gone" ? undefined : event.pod), signal).then(
    () => reject(new ScanError("forbidden", `${what}: watching pods in ${namespace} is not allowed`)),
    reject,
  );
  try {
    await promise;
  } finally {
    over.abort();
  }
}

/** Words of a kubelet about an image that it cannot get; the first failure may pass, backing off from it is an answer. */
const imageTrouble = /^(ImagePullBackOff|InvalidImageName|ErrImageNeverPull|ImageInspectError|RegistryUnavailable)$/;
const startTrouble = /^(CreateContainerConfigError|CreateContainerError|RunContainerError|StartError)$/;

function troubleOf(status: V1ContainerStatus | undefined) {
  const { waiting, terminated } = status?.state ?? {};
  const words = [waiting?.reason, waiting?.message].filter(Boolean).join(": ");
  if (imageTrouble.test(waiting?.reason ?? "")) return { code: "toolbox-image", words } as const;
  if (startTrouble.test(waiting?.reason ?? "")) return { code: "toolbox-refused", words } as const;
  if (terminated === undefined) return undefined;
  const said = [terminated.reason, terminated.message].filter(Boolean).join(": ");
  return { code: "toolbox-refused", words: `it ended with exit code ${terminated.exitCode} (${said})` } as const;
}
