import { createHash } from "node:crypto";
import * as z from "zod";
import { isDigest } from "../unpacked.ts";
import { ImageUnreadable } from "../unreadable.ts";
import { bytesAt, documentAt, type ImageFiles, openFiles, type Place } from "./files.ts";
import { chosen, configOf, diffIds, largestManifest, manifestAt, parseConfig, parsed, parseIndex } from "./manifest.ts";
import type { ImageParts, StoredLayer, Wanted } from "./parts.ts";

/** `manifest.json` of `docker save`. */
const Saved = z.array(
  z.object({ Config: z.string(), RepoTags: z.array(z.string()).nullish(), Layers: z.array(z.string()) }),
);

/**
 * An image that lies on this machine: an OCI layout (image-layout.md), as a folder or a tar, or an archive of
 * `docker save`. Throws ImageUnreadable where it holds no such image, and leaves nothing open then.
 */
export async function imageAtRest(path: string, wanted: Wanted): Promise<ImageParts> {
  const files = await openFiles(path);
  try {
    const parts = (await fromLayout(files, wanted)) ?? (await fromSaved(files, wanted));
    if (parts === undefined) throw new ImageUnreadable(`${path} holds no image that is ${describe(wanted)}`);
    return { ...parts, close: () => files.close() };
  } catch (error) {
    await files.close();
    throw error;
  }
}

const describe = ({ digest, name }: Wanted) => digest ?? name ?? "the only one in it";

type Parts = Omit<ImageParts, "close">;

async function fromLayout(files: ImageFiles, wanted: Wanted): Promise<Parts | undefined> {
  const index = await files.find("index.json");
  if (index === undefined) return undefined;
  const digest = await digestIn(files, await documentAt(index, largestManifest), wanted);
  if (digest === undefined) return undefined;
  const fetch = async (at: { readonly digest: string }) => documentAt(await blob(files, at.digest), largestManifest);
  const manifest = await manifestAt(fetch, digest, wanted.platform);
  const config = await configOf(fetch, manifest);
  const ids = diffIds(config, manifest.layers.length);
  const layers = await Promise.all(
    manifest.layers.map(async ({ digest }, at) => layerAt(await blob(files, digest), digest, ids[at])),
  );
  return { name: wanted.name ?? digest, config, layers };
}

async function blob(files: ImageFiles, digest: string): Promise<Place> {
  const place = isDigest(digest) ? await files.find(`blobs/${digest.replace(":", "/")}`) : undefined;
  if (place === undefined) throw new ImageUnreadable(`blob ${digest.slice(0, 80)} is missing`);
  return place;
}

/** A digest may be one inside an index; a config's own is left to `docker save`'s list. */
async function digestIn(files: ImageFiles, index: Uint8Array, wanted: Wanted): Promise<string | undefined> {
  const manifests = parseIndex(index);
  if (wanted.digest !== undefined) {
    if (manifests.some(({ digest }) => digest === wanted.digest)) return wanted.digest;
    const [only, ...others] = manifests;
    if (only === undefined || others.length > 0) return undefined;
    const fetch = async (at: { readonly digest: string }) => documentAt(await blob(files, at.digest), largestManifest);
    const manifest = await manifestAt(fetch, only.digest, wanted.platform);
    return manifest.config.digest === wanted.digest ? only.digest : undefined;
  }
  if (wanted.name === undefined) return manifests.length === 0 ? undefined : chosen(manifests, wanted.platform).digest;
  return manifests.find(({ annotations }) =>
    ["io.containerd.image.name", "org.opencontainers.image.ref.name"].some((key) => annotations?.[key] === wanted.name),
  )?.digest;
}

async function fromSaved(files: ImageFiles, wanted: Wanted): Promise<Parts | undefined> {
  const list = await files.find("manifest.json");
  if (list === undefined) return undefined;
  const saved = parsed(await documentAt(list, largestManifest), Saved, "manifest.json");
  for (const { Config, RepoTags, Layers } of saved) {
    const document = await documentAt(await member(files, Config), largestManifest);
    const digest = `sha256:${createHash("sha256").update(document).digest("hex")}`;
    const named = wanted.name !== undefined && RepoTags?.includes(wanted.name) === true;
    const only = wanted.name === undefined && saved.length === 1;
    if (wanted.digest === undefined ? !named && !only : digest !== wanted.digest) continue;
    const config = parseConfig(document);
    const ids = diffIds(config, Layers.length);
    const layers = await Promise.all(
      Layers.map(async (name, at) => layerAt(await member(files, name), undefined, ids[at])),
    );
    return { name: RepoTags?.[0] ?? digest, config, layers };
  }
  return undefined;
}

async function member(files: ImageFiles, name: string): Promise<Place> {
  const place = await files.find(name);
  if (place === undefined) throw new ImageUnreadable(`its archive lacks ${name.slice(0, 80)}`);
  return place;
}

function layerAt(place: Place, digest: string | undefined, diffId: string | undefined): StoredLayer {
  return { name: `layer ${diffId ?? digest}`, digest, diffId, place, open: (signal) => bytesAt(place, signal) };
}
