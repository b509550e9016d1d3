import * as z from "zod";
import { checkDigest } from "../unpacked.ts";
import { ImageUnreadable, imageTooLarge } from "../unreadable.ts";
import type { Platform } from "./parts.ts";

/** OCI distribution-spec lets a registry refuse manifests over 4 MiB. */
export const largestManifest = 4 * 2 ** 20;
/** An index in an index is allowed, and an endless row of them would be too. */
const mostIndexes = 4;
const mostLayers = 512;

const Descriptor = z.object({
  mediaType: z.string().optional(),
  digest: z.string(),
  size: z.number().int().min(0),
  platform: z.object({ os: z.string(), architecture: z.string(), variant: z.string().optional() }).optional(),
  annotations: z.record(z.string(), z.string()).nullish(),
});
export type Descriptor = z.infer<typeof Descriptor>;

const Index = z.object({ manifests: z.array(Descriptor) });
const Manifest = z.object({ config: Descriptor, layers: z.array(Descriptor).max(mostLayers) });
export type Manifest = z.infer<typeof Manifest>;

/** The image's config (OCI image-spec, config.md), as far as anybody asks for it. */
const ImageConfig = z.object({
  architecture: z.string(),
  os: z.string(),
  variant: z.string().optional(),
  config: z
    .object({ Env: z.array(z.string()).nullish(), WorkingDir: z.string().nullish(), User: z.string().nullish() })
    .nullish(),
  rootfs: z.object({ diff_ids: z.array(z.string()).nullable() }),
});
export type ImageConfig = z.infer<typeof ImageConfig>;

/** Reads one small document of an image by its digest. The bytes are not checked yet. */
export type Fetch = (descriptor: Pick<Descriptor, "digest" | "mediaType">) => Promise<Uint8Array>;

/** Follows indexes from a digest to the manifest of a platform; every document on the way has its digest. */
export async function manifestAt(fetch: Fetch, digest: string, platform: Platform): Promise<Manifest> {
  let at: Pick<Descriptor, "digest" | "mediaType"> = { digest };
  for (let depth = 0; depth < mostIndexes; depth += 1) {
    const bytes = await fetch(at);
    checkDigest(bytes, at.digest, "a manifest");
    const document = parsed(bytes, z.union([Index, Manifest]), `the manifest ${at.digest}`);
    if (!("manifests" in document)) return document;
    at = chosen(document.manifests, platform);
  }
  throw new ImageUnreadable("its index leads from index to index");
}

/** The config that a manifest names, checked. */
export async function configOf(fetch: Fetch, { config }: Manifest): Promise<ImageConfig> {
  const bytes = await fetch(config);
  checkDigest(bytes, config.digest, "the config");
  return parseConfig(bytes);
}

export const parseConfig = (bytes: Uint8Array) => parsed(bytes, ImageConfig, "the config");

export function parseIndex(bytes: Uint8Array): readonly Descriptor[] {
  return parsed(bytes, Index, "index.json").manifests;
}

/** Of several images in an index, the one for a platform; a variant counts only where one is asked for. */
export function chosen(manifests: readonly Descriptor[], { os, architecture, variant }: Platform): Descriptor {
  const [fits, ...others] = manifests.filter(
    ({ platform }) =>
      platform?.os === os &&
      (architecture === undefined || platform.architecture === architecture) &&
      (variant === undefined || platform.variant === variant),
  );
  if (fits !== undefined) {
    const offered = new Set([fits, ...others].map(({ platform }) => platform?.architecture));
    if (offered.size === 1) return fits;
    throw new ImageUnreadable(
      `it is for ${listed([fits, ...others])}, and nobody says which its node is; give the pod a nodeSelector of kubernetes.io/arch, or let muster read nodes (muster grant --nodes)`,
    );
  }
  const [only, ...more] = manifests;
  if (only !== undefined && more.length === 0 && only.platform === undefined) return only;
  const wanted = architecture === undefined ? os : `${os}/${architecture}`;
  throw new ImageUnreadable(`it has nothing for ${wanted}, only ${listed(manifests) || "nothing at all"}`);
}

const listed = (manifests: readonly Descriptor[]) =>
  manifests
    .map(({ platform }) => `${platform?.os}/${platform?.architecture}`)
    .join(", ")
    .slice(0, 200);

/** The digests of the unpacked layers, bottom first, as many as there are layers. */
export function diffIds({ rootfs }: ImageConfig, layers: number): readonly string[] {
  const ids = rootfs.diff_ids ?? [];
  if (ids.length !== layers) throw new ImageUnreadable(`its config knows ${ids.length} layers, its manifest ${layers}`);
  return ids;
}

export function parsed<T>(bytes: Uint8Array, schema: z.ZodType<T>, what: string): T {
  if (bytes.length > largestManifest) throw imageTooLarge(`${what} has ${bytes.length} bytes`);
  let document: unknown;
  try {
    document = JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch (error) {
    throw new ImageUnreadable(`${what} is not JSON`, error);
  }
  const result = schema.safeParse(document);
  if (result.success) return result.data;
  throw new ImageUnreadable(`${what} is not of a form that is known: ${z.prettifyError(result.error).slice(0, 300)}`);
}
