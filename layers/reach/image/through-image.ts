import type { V1Container, V1Pod } from "@kubernetes/client-node";
import { type Target, targetName } from "#contract/target.ts";
import type { Reached } from "../reached.ts";
import { imageShell } from "./image-shell.ts";
import { imageReference } from "./named-by-node.ts";
import { openImage } from "./open-image.ts";
import { platformOf } from "./platform.ts";
import { imageInRegistry } from "./registry/image-in-registry.ts";
import { imageAtRest } from "./stored/at-rest.ts";
import type { ImageParts } from "./stored/parts.ts";
import { ImageUnreadable } from "./unreadable.ts";

/** Where images of containers are to be had that cannot be entered. */
export type ImageSource =
  /** An OCI layout or an archive of `docker save` on this machine. */
  | { readonly kind: "file"; readonly path: string }
  /** The registry that the node had it from. `pullSecret` is the text of a `.dockerconfigjson`. */
  | { readonly kind: "registry"; readonly pullSecret?: string | undefined };

export interface ThroughImage {
  readonly images: ImageSource;
  readonly signal: AbortSignal;
  /** What the target's node is built for, where the pod does not say. Default: nobody knows. */
  readonly architecture?: (() => Promise<string | undefined>) | undefined;
}

/** Answers from the image that the node says it runs, by its digest; without one there is nothing to be sure of. */
export async function throughImage(
  target: Target,
  pod: V1Pod,
  because: readonly string[],
  options: ThroughImage,
): Promise<Reached> {
  if (target.imageDigest === "") {
    throw new ImageUnreadable(`${targetName(target)}: the node has not reported the digest of its image`);
  }
  const image = await openImage(await partsOf(target, pod, options), options.signal);
  return imageShell(image, { ...placeIn(pod, target.container), because });
}

async function partsOf(
  target: Target,
  pod: V1Pod,
  { images, signal, architecture }: ThroughImage,
): Promise<ImageParts> {
  const { os, architecture: asked } = platformOf(pod);
  const platform = { os, architecture: asked ?? (await architecture?.()) };
  if (images.kind === "file") return imageAtRest(images.path, { digest: target.imageDigest, platform });
  const reference = imageReference(target, pod);
  return imageInRegistry({ reference, platform, pullSecret: images.pullSecret }, signal);
}

/** What the pod lays over the image in a container. */
function placeIn(pod: V1Pod, name: string) {
  const all: readonly V1Container[] = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
  const container = all.find((each) => each.name === name);
  const mounts = (container?.volumeMounts ?? []).map(({ mountPath }) => mountPath);
  const lastWords = container?.terminationMessagePath;
  return {
    mounts: [...mounts, ...(lastWords === undefined ? [] : [lastWords])],
    ...(container?.workingDir && { workingDir: container.workingDir }),
  };
}
