import { mkdirSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { proxyEnvironment } from "#embedded/cluster/images/debian-mirror.ts";
import { shellOut } from "#embedded/cluster/images/shell-out.ts";
import type { Base } from "./base.ts";

const overlayfsMagic = 0x794c7630; // linux/magic.h

export interface ImageBuild {
  readonly name: string;
  readonly context: string;
  readonly base: Base;
  readonly auditor: string;
  /** Where to put the docker-archive. */
  readonly file: string;
}

/**
 * Builds an image without a container engine: buildah as root, `RUN` in a chroot. Its storage below `cache` keeps every layer,
 * so what has not changed is not built again. All times in the image are zero: the same content has the same digest.
 */
export function buildImage(cache: string, { name, context, base, auditor, file }: ImageBuild): void {
  const storage = join(cache, "storage");
  mkdirSync(storage, { recursive: true });
  // Overlays do not stack: where the machine itself is an overlay (a container), layers are copied instead.
  const driver = statfsSync(storage).type === overlayfsMagic ? "vfs" : "overlay";
  const place = ["--storage-driver", driver, "--root", storage, "--runroot", join(cache, "run")];
  const buildah = (...words: string[]) => shellOut("buildah", [...place, ...words], { env: proxyEnvironment() });
  const have = () => buildah("images", "--quiet", "--filter", `reference=${base.image}`).trim() !== "";
  if (base.archive !== undefined && !have()) buildah("pull", "--quiet", `docker-archive:${base.archive()}`);
  buildah(
    ...["build", "--isolation", "chroot", "--network", "host", "--layers", "--timestamp", "0", "--quiet"],
    ...base.mounts.flatMap((mount) => ["--volume", mount]),
    ...["--build-arg", `BASE_IMAGE=${base.image}`, "--build-arg", `AUDITOR=${auditor}`, "--tag", name, context],
  );
  buildah("push", "--quiet", name, `docker-archive:${file}:${name}`);
  buildah("rmi", "--prune"); // layers of earlier builds that no image has any more
}
