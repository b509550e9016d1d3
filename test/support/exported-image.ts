import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";

/** An image as an OCI layout out of the node's own store, as its administrator would export it. Gives the file's path. */
export function exportedImage({ containerdSocket }: EmbeddedCluster, name: string, folder: string): string {
  const file = join(folder, `${name.replaceAll(/[^a-z0-9]/g, "-")}.tar`);
  execFileSync("ctr", ["--address", containerdSocket, "--namespace", "k8s.io", "images", "export", file, name]);
  return file;
}
