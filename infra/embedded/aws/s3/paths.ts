import { createHash } from "node:crypto";

// File systems allow 255 bytes a name; the rest is for the hash and the suffix.
const LONGEST_NAME_BYTES = 200;

/**
 * Where a person finds an object: the key itself as a path inside the bucket's folder, or `undefined` for a key that is
 * no plain path (`..`, absolute, doubled or trailing slashes, control characters, long names). Those are served all the same.
 */
export function viewPath(key: string): string | undefined {
  if (/[\p{Cc}\\]/u.test(key)) return undefined;
  const names = key.split("/");
  const plain = names.every(
    (name) => name !== "" && name !== "." && name !== ".." && Buffer.byteLength(name) <= LONGEST_NAME_BYTES,
  );
  return plain ? key : undefined;
}

/**
 * The folder of a key's entries, relative: the key's own folders, so that a listing walks only what its prefix names, and a
 * last name that holds a hash of the whole key, so that no two keys ever share it (also where file names ignore case).
 */
export function entriesPath(key: string): string {
  const names = key.split("/");
  const last = names.pop() ?? "";
  const hash = createHash("sha256").update(key, "utf8").digest("hex").slice(0, 32);
  return [...names.map(safeName), `${safeName(last).slice(0, LONGEST_NAME_BYTES)}%%${hash}`].join("/");
}

/** The folders that hold every key with this prefix. */
export function prefixFolder(prefix: string): string {
  return prefix.split("/").slice(0, -1).map(safeName).join("/");
}

/** Whether a name in the entries' tree is a key's folder rather than a folder of keys. */
export function isEntriesFolder(name: string): boolean {
  return name.includes("%%");
}

/** A name that is safe on any file system and never holds `%%`. Distinct names stay distinct. */
function safeName(name: string): string {
  const encoded = encodeURIComponent(name.isWellFormed() ? name : name.toWellFormed())
    .replaceAll("*", "%2A")
    .replace(/^\.{1,2}$/, (dots) => dots.replaceAll(".", "%2E"));
  if (encoded === "") return "%";
  if (encoded.length <= LONGEST_NAME_BYTES) return encoded;
  const hash = createHash("sha256").update(name, "utf8").digest("hex").slice(0, 32);
  return `${encoded.slice(0, 100).replace(/%.?$/, "")}%~${hash}`;
}
