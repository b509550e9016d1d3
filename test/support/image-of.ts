import { createHash } from "node:crypto";
import { imageShell } from "#reach/image/image-shell.ts";
import { type ImageLimits, imageLimits } from "#reach/image/limits.ts";
import { openImage } from "#reach/image/open-image.ts";
import type { ImageConfig } from "#reach/image/stored/manifest.ts";
import type { StoredLayer } from "#reach/image/stored/parts.ts";
import { type Member, tarOf } from "./tar-bytes.ts";

const sha256 = (bytes: Buffer) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

export function configFor(tars: readonly Buffer[], config: ImageConfig["config"] = {}): ImageConfig {
  return { architecture: "amd64", os: "linux", config, rootfs: { diff_ids: tars.map(sha256) } };
}

/** A layer in memory; `stored` is what a registry would keep of it. */
export function layerOf(tar: Buffer, stored: Buffer = tar): StoredLayer {
  async function* open() {
    for (let at = 0; at < stored.length; at += 1000) yield stored.subarray(at, at + 1000);
  }
  return { name: "a layer", digest: sha256(stored), diffId: sha256(tar), place: undefined, open };
}

interface Options {
  readonly limits?: Partial<ImageLimits>;
  readonly config?: ImageConfig["config"];
  readonly mounts?: readonly string[];
}

/** Opens an image whose layers are made of these members, bottom first. */
export async function shellOver(layers: readonly (readonly Member[])[], { limits, config, mounts }: Options = {}) {
  const tars = layers.map((members) => tarOf(members));
  const parts = {
    ...{ name: "test", config: configFor(tars, config), layers: tars.map((tar) => layerOf(tar)) },
    close: async () => undefined,
  };
  const image = await openImage(parts, AbortSignal.timeout(20_000), { ...imageLimits, ...limits });
  const shell = await imageShell(image, { ...(mounts && { mounts }) });
  const ask = async (command: string) => {
    const { stdout, exitCode } = await shell.run(Buffer.from(command, "latin1"));
    return { stdout: Buffer.from(stdout).toString("latin1"), exitCode };
  };
  return { image, shell, ask };
}
