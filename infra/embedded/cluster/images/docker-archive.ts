import { createHash } from "node:crypto";
import { closeSync, linkSync, mkdirSync, openSync, readSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { shellOut } from "./shell-out.ts";

/** One image of an archive. Layers are paths of uncompressed tars, bottom first. */
export interface ArchiveImage {
  readonly name: string;
  readonly layers: readonly string[];
  readonly config: ImageConfig;
}

export interface ImageConfig {
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Env?: readonly string[];
  readonly User?: string;
  readonly WorkingDir?: string;
}

/**
 * Writes a docker-archive (manifest.json, one config per image, each layer once), as `docker save` does:
 * layers are shared between the images of one archive. The file appears under its name only when it is whole.
 */
export function writeDockerArchive(images: readonly ArchiveImage[], file: string, workDir: string): void {
  const stage = join(workDir, "archive");
  rmSync(stage, { recursive: true, force: true });
  mkdirSync(stage, { recursive: true });
  const layerDigests = new Map<string, string>();
  for (const layer of new Set(images.flatMap((image) => image.layers))) {
    const digest = sha256OfFile(layer);
    layerDigests.set(layer, digest);
    linkSync(layer, join(stage, `${digest}.tar`));
  }
  const digestOf = (layer: string): string => layerDigests.get(layer) ?? "";
  const manifest = images.map((image) => {
    const config = JSON.stringify({
      architecture: process.arch === "arm64" ? "arm64" : "amd64",
      os: "linux",
      created: "1970-01-01T00:00:00Z",
      config: { Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], ...image.config },
      rootfs: { type: "layers", diff_ids: image.layers.map((layer) => `sha256:${digestOf(layer)}`) },
      history: image.layers.map(() => ({ created: "1970-01-01T00:00:00Z" })),
    });
    const configFile = `${createHash("sha256").update(config).digest("hex")}.json`;
    writeFileSync(join(stage, configFile), config);
    return {
      Config: configFile,
      RepoTags: [image.name],
      Layers: image.layers.map((layer) => `${digestOf(layer)}.tar`),
    };
  });
  const part = join(workDir, "archive.tar");
  writeFileSync(join(stage, "manifest.json"), JSON.stringify(manifest));
  shellOut("tar", ["--sort=name", "--mtime=@0", "--numeric-owner", "-C", stage, "-cf", part, "."]);
  renameSync(part, file);
  rmSync(stage, { recursive: true, force: true });
}

/** Hex SHA-256 of a file of any size, read in pieces. */
function sha256OfFile(file: string): string {
  const hash = createHash("sha256");
  const buffer = Buffer.alloc(4 * 1024 * 1024);
  const descriptor = openSync(file, "r");
  try {
    for (let read = readSync(descriptor, buffer); read > 0; read = readSync(descriptor, buffer)) {
      hash.update(buffer.subarray(0, read));
    }
  } finally {
    closeSync(descriptor);
  }
  return hash.digest("hex");
}
