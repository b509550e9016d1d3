import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { shellOut } from "../images/shell-out.ts";
import type { ContainerSpec } from "../store/objects.ts";
import type { ContainerPlace } from "./container-config.ts";
import type { ContainerConfig } from "./cri-messages.ts";
import { mountsUnder } from "./leftovers.ts";

/** Makes a container's volumes on this machine, below its pod's folder, and says where they go. */
export function volumeMounts(spec: ContainerSpec, place: ContainerPlace): ContainerConfig["mounts"] {
  return (spec.volumeMounts ?? []).flatMap((mount) => {
    const volume = place.pod.spec.volumes?.find((candidate) => candidate.name === mount.name);
    if (volume === undefined) return [];
    const host_path = volume.hostPath?.path ?? join(place.podDir, "volumes", volume.name);
    // 0777 with the umask out of the way: an emptyDir is writable for whatever user the container has.
    if (volume.hostPath === undefined) makeWorldWritable(host_path);
    if (volume.emptyDir?.medium === "Memory") mountMemory(host_path, bytesOf(volume.emptyDir.sizeLimit));
    for (const [name, content] of Object.entries(place.configMaps.get(volume.configMap?.name ?? "") ?? {})) {
      writeFileSync(join(host_path, name), content);
    }
    return [{ container_path: mount.mountPath, host_path, readonly: mount.readOnly ?? volume.configMap !== undefined }];
  });
}

const units: Readonly<Record<string, number>> = {
  "": 1,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  k: 1e3,
  M: 1e6,
  G: 1e9,
};

/** The bytes of a Kubernetes quantity, such as `256Mi`; undefined for none and for what is not one of bytes. */
export function bytesOf(quantity: string | undefined): number | undefined {
  const [, number, unit = ""] = /^(\d+)([A-Za-z]*)$/.exec(quantity ?? "") ?? [];
  const factor = units[unit];
  return number === undefined || factor === undefined ? undefined : Number(number) * factor;
}

/** As a kubelet: a tmpfs of the size limit. One that is there already is another container's of the same pod. */
function mountMemory(dir: string, sizeBytes: number | undefined): void {
  if (mountsUnder(join(dir, "..")).includes(dir)) return;
  const size = sizeBytes === undefined ? [] : [`size=${sizeBytes}`];
  shellOut("mount", ["-t", "tmpfs", "-o", ["mode=1777", ...size].join(","), "tmpfs", dir]);
}

function makeWorldWritable(dir: string): void {
  const before = process.umask(0);
  mkdirSync(dir, { recursive: true, mode: 0o777 });
  process.umask(before);
}
