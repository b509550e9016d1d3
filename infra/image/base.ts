import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { debianRoot } from "#embedded/cluster/images/archives.ts";
import { DEFAULT_IMAGE_CACHE } from "#embedded/cluster/images/build.ts";
import { debianSources } from "#embedded/cluster/images/debian-mirror.ts";
import { writeDockerArchive } from "#embedded/cluster/images/docker-archive.ts";

/** An image to build on. */
export interface Base {
  readonly image: string;
  /** Writes it as a docker-archive, for a builder that has not got it yet; undefined where it is pulled by its name. */
  readonly archive: (() => string) | undefined;
  /** Files of this machine that are there while it is built and stay out of it, as `<host>:<inside>:ro`. */
  readonly mounts: readonly string[];
}

/** A Debian root of this machine's release and mirror, the one that the sample workloads have: made if it is not there. */
export function debootstrapped(workDir: string): Base {
  mkdirSync(DEFAULT_IMAGE_CACHE, { recursive: true });
  const layer = debianRoot({
    cacheDir: DEFAULT_IMAGE_CACHE,
    workDir: join(DEFAULT_IMAGE_CACHE, `work-${process.pid}`),
  });
  const image = `muster.test/debian:${basename(layer, ".layer").replace("debian-root-", "")}`;
  const sources = join(workDir, "sources.list");
  writeFileSync(sources, debianSources());
  return {
    image,
    archive: () => {
      const file = join(workDir, "base.tar");
      writeDockerArchive([{ name: image, layers: [layer], config: {} }], file, workDir);
      return file;
    },
    mounts: [`${sources}:/etc/apt/sources.list:ro`],
  };
}
