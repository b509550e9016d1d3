import type { Pod } from "../../store/objects.ts";
import { badRequest } from "../status.ts";

/** The container that an exec or log request means. Throws 400 in the API server's words. */
export function containerOf(pod: Pod, asked: string): string {
  const names = [
    ...pod.spec.containers,
    ...(pod.spec.initContainers ?? []),
    ...(pod.spec.ephemeralContainers ?? []),
  ].map(({ name }) => name);
  if (asked !== "") {
    if (!names.includes(asked)) throw badRequest(`container ${asked} is not valid for pod ${pod.metadata.name}`);
    return asked;
  }
  const [only, ...others] = pod.spec.containers.map(({ name }) => name);
  if (only === undefined || others.length > 0) {
    const choice = [only, ...others].join(" ");
    throw badRequest(`a container name must be specified for pod ${pod.metadata.name}, choose one of: [${choice}]`);
  }
  return only;
}
