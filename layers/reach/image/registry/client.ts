import { ScanError } from "#contract/errors.ts";
import { largestManifest } from "../stored/manifest.ts";
import { isDigest } from "../unpacked.ts";
import { ImageUnreadable, imageTooLarge } from "../unreadable.ts";
import { failure, patiently, request } from "./http.ts";
import type { RegistryLogin } from "./pull-secret.ts";
import type { Reference } from "./reference.ts";
import { refusedBy } from "./refusal.ts";
import { type SignedIn, signIn } from "./sign-in.ts";

const manifestTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

/** Without a byte for so long, a stream is taken for lost. */
const stallMs = 60_000;

/**
 * Reads one repository of a registry over the distribution API (OCI distribution-spec 1.1, "Pull"). Plain http only to
 * this machine itself. Nothing that it gives has been checked against its digest yet.
 */
export class RegistryClient {
  readonly #base: URL;
  readonly #repository: string;
  readonly #login: RegistryLogin | undefined;
  readonly #signal: AbortSignal;
  #signedIn: SignedIn | undefined;

  constructor({ api, repository }: Reference, login: RegistryLogin | undefined, signal: AbortSignal) {
    const isHere = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/.test(api);
    this.#base = new URL(`${isHere ? "http" : "https"}://${api}/v2/${repository}/`);
    this.#repository = repository;
    this.#login = login;
    this.#signal = signal;
  }

  /** A manifest or an index. */
  manifest(digest: string): Promise<Uint8Array> {
    return this.#document(`manifests/${checked(digest)}`, manifestTypes);
  }

  /** A small blob, such as a config. */
  config(digest: string): Promise<Uint8Array> {
    return this.#document(`blobs/${checked(digest)}`, "*/*");
  }

  /** A blob, and never more bytes than it is to have. A stream that breaks goes on where it broke. */
  async *blob(digest: string, sizeBytes: number): AsyncGenerator<Uint8Array, void, void> {
    let received = 0;
    for (let breaks = 0; ; ) {
      try {
        for await (const chunk of this.#blobFrom(digest, received)) {
          received += chunk.length;
          if (received > sizeBytes) throw new ImageUnreadable(`blob ${digest} has more than its ${sizeBytes} bytes`);
          yield chunk;
        }
        return;
      } catch (error) {
        breaks += 1;
        if (breaks > 3 || !(error instanceof ScanError) || error.code !== "connection-lost") throw error;
      }
    }
  }

  async *#blobFrom(digest: string, from: number): AsyncGenerator<Uint8Array, void, void> {
    const path = `blobs/${checked(digest)}`;
    const range = from === 0 ? undefined : `bytes=${from}-`;
    const answer = await patiently(() => this.#get(path, { accept: "*/*", ...(range && { range }) }), this.#signal);
    // A registry need not know ranges: then everything comes again.
    let again = answer.status === 206 ? 0 : from;
    const length = Number(answer.headers.get("content-length") ?? Number.NaN);
    let seen = 0;
    for await (const chunk of this.#body(answer)) {
      seen += chunk.length;
      const fresh = chunk.subarray(Math.min(again, chunk.length));
      again -= chunk.length - fresh.length;
      if (fresh.length > 0) yield fresh;
    }
    if (seen < length)
      throw new ScanError("connection-lost", `${this.#base.host}: a blob ended after ${seen} of ${length} bytes`);
  }

  async #document(path: string, accept: string): Promise<Uint8Array> {
    const read = async () => {
      const chunks: Uint8Array[] = [];
      let length = 0;
      for await (const chunk of this.#body(await this.#get(path, { accept }))) {
        length += chunk.length;
        if (length > largestManifest) throw imageTooLarge(`a document of more than ${largestManifest} bytes`);
        chunks.push(chunk);
      }
      return Buffer.concat(chunks);
    };
    return patiently(read, this.#signal);
  }

  /** The body, with a watch over it that ends a stream which is open and silent. */
  async *#body(answer: Response): AsyncGenerator<Uint8Array, void, void> {
    if (answer.body === null) return;
    const reader = answer.body.getReader();
    const stalled = new ScanError("connection-lost", `${this.#base.host}: nothing came for ${stallMs / 1000} s`);
    let isStalled = false;
    const stop = () => {
      isStalled = true;
      void reader.cancel(stalled); // which ends the read as if all had come
    };
    try {
      for (;;) {
        const timer = setTimeout(stop, stallMs);
        const { done, value } = await reader.read().finally(() => clearTimeout(timer));
        if (isStalled) throw stalled;
        if (done) return;
        yield value;
      }
    } catch (error) {
      this.#signal.throwIfAborted();
      throw failure(error, this.#base);
    } finally {
      await reader.cancel().catch(() => undefined);
    }
  }

  /** Signs in when the registry asks for it, and once more when what it gave has run out. */
  async #get(path: string, headers: Record<string, string>): Promise<Response> {
    for (let attempt = 0; ; attempt += 1) {
      const authorization = this.#signedIn?.authorization;
      const url = new URL(path, this.#base);
      const answer = await request({
        url,
        headers: { ...headers, ...(authorization && { authorization }) },
        signal: this.#signal,
      });
      if (answer.ok) return answer;
      if (answer.status !== 401 || attempt === 2) throw await refusedBy(answer, url);
      const challenge = answer.headers.get("www-authenticate");
      await answer.body?.cancel();
      this.#signedIn = await signIn({
        ...{ challenge, login: this.#login, registry: this.#base, repository: this.#repository },
        ...{ before: this.#signedIn, signal: this.#signal },
      });
    }
  }
}

/** Digests come out of the image's own documents, and become part of a path. */
function checked(digest: string): string {
  if (!isDigest(digest)) throw new ImageUnreadable(`${JSON.stringify(digest.slice(0, 80))} is no digest`);
  return digest;
}
