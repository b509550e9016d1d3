import { createHash } from "node:crypto";

/** A blob or manifest that a registry holds. */
export interface Stored {
  readonly bytes: Buffer;
  readonly mediaType: string;
}

/** What a registry holds, by digest. */
export class RegistryContent {
  readonly #stored = new Map<string, Stored>();

  /** Puts bytes in and gives their descriptor (OCI image-spec, descriptor.md). */
  put(
    bytes: Buffer,
    mediaType: string,
  ): { readonly mediaType: string; readonly digest: string; readonly size: number } {
    const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
    this.#stored.set(digest, { bytes, mediaType });
    return { mediaType, digest, size: bytes.length };
  }

  putJson(document: object, mediaType: string): ReturnType<RegistryContent["put"]> {
    return this.put(Buffer.from(JSON.stringify(document)), mediaType);
  }

  /** Other bytes under the same digest, as a registry that was tampered with gives. */
  tamper(digest: string, bytes: Buffer): void {
    const before = this.#stored.get(digest);
    if (before === undefined) throw new Error(`nothing is stored as ${digest}`);
    this.#stored.set(digest, { ...before, bytes });
  }

  find(digest: string): Stored | undefined {
    return this.#stored.get(digest);
  }
}
