import { configOf, diffIds, type Fetch, manifestAt } from "../stored/manifest.ts";
import type { ImageParts, Platform } from "../stored/parts.ts";
import { RegistryClient } from "./client.ts";
import { loginFor } from "./pull-secret.ts";
import { readReference } from "./reference.ts";
import { tellingApart } from "./trouble.ts";

export interface RegistryImage {
  /** `HOST/NAME@sha256:…`. */
  readonly reference: string;
  readonly platform: Platform;
  /** The text of a `.dockerconfigjson`. */
  readonly pullSecret?: string | undefined;
}

/** An image in a registry, by the digest of its manifest or of an index; every byte read is checked against its digest. */
export async function imageInRegistry(image: RegistryImage, signal: AbortSignal): Promise<ImageParts> {
  const reference = readReference(image.reference);
  const login = image.pullSecret && loginFor(image.pullSecret, reference.host, reference.repository);
  const client = new RegistryClient(reference, login || undefined, signal);
  const told = tellingApart(reference.host, signal);
  const fetchManifest: Fetch = ({ digest }) => told.document(client.manifest(digest));
  const manifest = await manifestAt(fetchManifest, reference.digest, image.platform);
  const fetchConfig: Fetch = ({ digest }) => told.document(client.config(digest));
  const config = await configOf(fetchConfig, manifest);
  const ids = diffIds(config, manifest.layers.length);
  const layers = manifest.layers.map(({ digest, size }, at) => ({
    ...{ name: `layer ${digest}`, digest, diffId: ids[at], place: undefined },
    open: () => told.stream(client.blob(digest, size)),
  }));
  return { name: image.reference, config, layers, close: async () => undefined };
}
