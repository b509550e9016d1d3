import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { DEBIAN_ROOT_RECIPE } from "#embedded/cluster/images/debian-root.ts";
import { fileInImage, type Layer, layersOf } from "./archive.ts";
import { type Base, debootstrapped } from "./base.ts";
import { buildImage } from "./buildah.ts";
import { bundleExecutor, type ExecutorBundle } from "./bundle-executor.ts";
import { type Component, debianComponents, gemComponents, linkedComponents, npmComponents } from "./components.ts";
import { nodeBinary } from "./node-binary.ts";
import { defaults, type ImageOptions } from "./options.ts";
import { imageCache as cache, runtimeClient, runtimeLock } from "./runtime-client.ts";
import { billOfMaterials } from "./sbom.ts";
import { contentOf, stageContext } from "./stage.ts";

const repository = join(import.meta.dirname, "../..");

/** A built image and what was written beside it. */
export interface ExecutorImage {
  readonly name: string;
  /** A docker-archive: for `skopeo copy`, `docker load`, `ctr images import`. */
  readonly archive: string;
  /** CycloneDX JSON. */
  readonly bill: string;
  readonly layers: readonly Layer[];
}

/** Lays out a build context in a folder; gives what is in the bundle. */
export async function layOut(context: string, { auditor, gems }: ImageOptions): Promise<ExecutorBundle> {
  const bundle = await bundleExecutor();
  stageContext(context, { code: bundle.code, node: nodeBinary(), runtime: runtimeClient(), auditor, gems });
  return bundle;
}

/** Builds the executor image for this machine's architecture, unless one of just this content is there. Needs root and buildah. */
export async function executorImage(options: ImageOptions = defaults): Promise<ExecutorImage> {
  mkdirSync(cache, { recursive: true });
  removeAbandoned();
  const workDir = join(cache, `work-${process.pid}`);
  const context = join(workDir, "context");
  mkdirSync(workDir, { recursive: true });
  try {
    const bundle = await layOut(context, options);
    const digest = digestOf(context, options);
    const archive = join(cache, `${digest}.tar`);
    const bill = join(cache, `${digest}.sbom.json`);
    if (!existsSync(archive) || !existsSync(bill)) {
      const base: Base = options.base
        ? { image: options.base, archive: undefined, mounts: [] }
        : debootstrapped(workDir);
      const file = join(workDir, "image.tar");
      buildImage(cache, { name: options.name, context, base, auditor: options.auditor, file });
      writeFileSync(bill, billOf(options, file, bundle));
      renameSync(file, archive);
      forgetOthers(digest);
    }
    return { name: options.name, archive, bill, layers: layersOf(archive) };
  } finally {
    rmSync(workDir, { recursive: true, force: true });
  }
}

/** All that decides what is in the image. */
function digestOf(context: string, { name, base, auditor }: ImageOptions): string {
  const hash = createHash("sha256").update(JSON.stringify([name, base ?? DEBIAN_ROOT_RECIPE, auditor, process.arch]));
  for (const [path, content] of contentOf(context)) hash.update(`${path}\0${content.length}\0`).update(content);
  return hash.digest("hex").slice(0, 16);
}

function billOf({ name, gems }: ImageOptions, archive: string, bundle: ExecutorBundle): string {
  const { version } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as { version: string }; // ours
  const node: Component = {
    ...{ type: "application", name: "node", version: process.versions.node },
    purl: `pkg:generic/node@${process.versions.node}`,
  };
  return billOfMaterials({
    ...{ image: name, version, sha256: createHash("sha256").update(readFileSync(archive)).digest("hex") },
    components: [
      node,
      ...npmComponents(join(repository, "package-lock.json"), bundle.packages),
      ...npmComponents(runtimeLock, ["node_modules/aws-lambda-ric", "node_modules/@aws/lambda-invoke-store"]),
      ...linkedComponents(readFileSync(join(runtimeClient(), "linked.txt"), "utf8")),
      ...gemComponents(gems),
      ...debianComponents(fileInImage(archive, "var/lib/dpkg/status") ?? ""),
    ],
  });
}

/** A build that was killed leaves its work folder. */
function removeAbandoned(): void {
  for (const name of readdirSync(cache)) {
    const pid = /^work-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) rmSync(join(cache, name), { recursive: true, force: true });
  }
}

/** Images of other contents are of no use any more; layers that are still good lie in the builder's storage. */
function forgetOthers(digest: string): void {
  const client = basename(runtimeClient());
  for (const name of readdirSync(cache)) {
    const old = /^[0-9a-f]{16}\.(tar|sbom\.json)$/.test(name) && !name.startsWith(digest);
    const oldClient = /^runtime-[0-9a-f]{16}$/.test(name) && name !== client;
    if (old || oldClient) rmSync(join(cache, name), { recursive: true });
  }
}
