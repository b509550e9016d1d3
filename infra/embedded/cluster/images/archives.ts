import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { alpineTree } from "./alpine-tree.ts";
import { DEBIAN_ROOT_RECIPE, debianRootLayer } from "./debian-root.ts";
import { type ArchiveImage, writeDockerArchive } from "./docker-archive.ts";
import { derivedLayer, packLayer } from "./layer.ts";
import { type DistrolessKind, distrolessTree, GOSU, toolboxTree } from "./shell-less-trees.ts";
import { BUSYBOX, busyboxTree, pauseTree, scratchTree } from "./small-trees.ts";

/** Where building happens: `cacheDir` keeps what is finished, `workDir` is thrown away. */
export interface BuildPlace {
  readonly cacheDir: string;
  readonly workDir: string;
}

/** One docker-archive: its recipe (all that decides its content) and how to make its images. */
export interface Archive {
  readonly name: string;
  readonly images: readonly string[];
  readonly recipe: string;
  readonly build: (file: string, place: BuildPlace) => void;
}

/** Not a registry: `.test` is reserved (RFC 6761), so nothing can ever be pulled from it. */
const IMAGE_PREFIX = "muster.test";
export const PAUSE_IMAGE = `${IMAGE_PREFIX}/pause:1`;

const RECIPES = join(import.meta.dirname, "recipes");
const recipe = (name: string): string => readFileSync(join(RECIPES, name), "utf8");

/** The archive's file in the cache: a changed recipe is another file. */
export function archiveFile(archive: Archive, cacheDir: string): string {
  return join(cacheDir, `${archive.name}-${digest(archive.recipe)}.tar`);
}

/** Every image of the sample workloads, by archive. Reading the recipes costs a few milliseconds, no building. */
export function archives(): readonly Archive[] {
  const treeSource = readFileSync(join(import.meta.dirname, "small-trees.ts"), "utf8");
  const alpineSource = readFileSync(join(import.meta.dirname, "alpine-tree.ts"), "utf8");
  const shellLess = readFileSync(join(import.meta.dirname, "shell-less-trees.ts"), "utf8");
  const busyboxDigest = existsSync(BUSYBOX) ? digest(readFileSync(BUSYBOX)) : "none";
  const gosuDigest = existsSync(GOSU) ? digest(readFileSync(GOSU)) : "none";
  return [
    oneLayer("pause", treeSource + busyboxDigest, pauseTree, { Cmd: ["/bin/busybox", "sleep", "2147483647"] }),
    oneLayer("busybox", treeSource + busyboxDigest, busyboxTree, { Cmd: ["/bin/sh"] }),
    oneLayer("alpine-like", alpineSource + treeSource + busyboxDigest, alpineTree, { Cmd: ["/bin/sh"] }),
    oneLayer("scratch", treeSource + recipe("still.c"), (tree) => scratchTree(tree, join(RECIPES, "still.c")), {
      Entrypoint: ["/still"],
    }),
    oneLayer("toolbox", shellLess + busyboxDigest + gosuDigest, toolboxTree, {
      Cmd: ["/bin/busybox", "sleep", "1800"],
    }),
    ...(["distroless", "distroless-weak", "distroless-debug"] as const).map((kind) =>
      distroless(kind, shellLess + busyboxDigest + recipe("still.c")),
    ),
    debianFamily(),
  ];
}

/** Debian's own configuration without its programs; see `distrolessTree`. */
function distroless(kind: DistrolessKind, inputs: string): Archive {
  const make = (tree: string, place: BuildPlace) =>
    distrolessTree(tree, kind, debianRoot(place), join(RECIPES, "still.c"));
  return oneLayer(kind, DEBIAN_ROOT_RECIPE + inputs, make, { Entrypoint: ["/usr/bin/still"] });
}

/** The tar of the Debian tree that several images are made from. */
export function debianRoot(place: BuildPlace): string {
  const root = join(place.cacheDir, `debian-root-${digest(DEBIAN_ROOT_RECIPE)}.layer`);
  debianRootLayer(root, place.workDir);
  return root;
}

function oneLayer(
  name: string,
  inputs: string,
  makeTree: (tree: string, place: BuildPlace) => void,
  config: ArchiveImage["config"],
): Archive {
  const image = `${IMAGE_PREFIX}/${name}:1`;
  return {
    name,
    images: [image],
    recipe: JSON.stringify([inputs, config]),
    build: (file, place) => {
      const tree = join(place.workDir, name);
      makeTree(tree, place);
      packLayer(tree, `${tree}.tar`);
      writeDockerArchive([{ name: image, layers: [`${tree}.tar`], config }], file, place.workDir);
    },
  };
}

/** Four images over one Debian layer in one archive, so the 100 MB are stored and imported once. */
function debianFamily(): Archive {
  const variants: readonly { script: string; name: string; config: ArchiveImage["config"] }[] = [
    { script: "debian-weak.sh", name: "debian-weak", config: { Cmd: ["/bin/bash"], WorkingDir: "/app" } },
    { script: "debian-hardened.sh", name: "debian-hardened", config: { Cmd: ["/bin/bash"], User: "10001:10001" } },
    { script: "redhat-like.sh", name: "redhat-like", config: { Cmd: ["/bin/bash"] } },
    { script: "bash-no-sh.sh", name: "bash-no-sh", config: { Cmd: ["/bin/bash"] } },
  ];
  return {
    name: "debian",
    images: variants.map((variant) => `${IMAGE_PREFIX}/${variant.name}:1`),
    recipe: JSON.stringify([DEBIAN_ROOT_RECIPE, variants, ...variants.map((variant) => recipe(variant.script))]),
    build: (file, place) => {
      const root = debianRoot(place);
      const images = variants.map((variant) => {
        const layer = join(place.workDir, `${variant.name}.tar`);
        derivedLayer(root, recipe(variant.script), layer, place.workDir);
        return { name: `${IMAGE_PREFIX}/${variant.name}:1`, layers: [root, layer], config: variant.config };
      });
      writeDockerArchive(images, file, place.workDir);
    },
  };
}

function digest(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex").slice(0, 16);
}
