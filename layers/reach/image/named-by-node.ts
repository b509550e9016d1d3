import type { V1ContainerStatus, V1Pod } from "@kubernetes/client-node";
import { type Target, targetName } from "#contract/target.ts";
import { ImageUnreadable } from "./unreadable.ts";

/**
 * `HOST/NAME@sha256:…` of a container's image. The node knows where it had it from (`imageID`); what the pod says may be
 * short for it. Throws ImageUnreadable where neither names a registry.
 */
export function imageReference(target: Target, { status }: V1Pod): string {
  const statuses: readonly V1ContainerStatus[] = [
    ...(status?.containerStatuses ?? []),
    ...(status?.initContainerStatuses ?? []),
    ...(status?.ephemeralContainerStatuses ?? []),
  ];
  const imageId = statuses.find(({ name }) => name === target.container)?.imageID ?? "";
  const [, engine = "", name = "", digest] = /^(?:([a-z-]+):\/\/)?([^@]*)@(.+)$/.exec(imageId) ?? [];
  const byNode = digest === target.imageDigest ? name : "";
  // Docker's engine leaves out the registry that is its own.
  const places = [byNode, ...(engine.startsWith("docker") && byNode !== "" ? [`docker.io/${byNode}`] : [])];
  const named = [...places, target.image.replace(/@.*$/, "")].find(hasHost);
  if (named === undefined) {
    const words = `${targetName(target)}: neither pod nor node names the registry of ${JSON.stringify(target.image)}`;
    throw new ImageUnreadable(`${words}; give it as a file`);
  }
  return `${named}@${target.imageDigest}`;
}

const hasHost = (name: string) => /^(?:localhost|[^/]*[.:][^/]*)\//.test(name);
