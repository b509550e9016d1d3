import { ScanError } from "#contract/errors.ts";
import { isDigest } from "../unpacked.ts";

/** An image in a registry, by digest: `host[:port]/path[:tag]@sha256:…`. */
export interface Reference {
  /** With its port, as pull secrets name it. */
  readonly host: string;
  /** Where its API answers. */
  readonly api: string;
  readonly repository: string;
  readonly digest: string;
}

const hub = "docker.io";

/** Docker Hub goes by several names, in references and in pull secrets; this gives the one for it. */
export const knownAs = (host: string) => (/^(?:index|registry-1)\.docker\.io$/.test(host) ? hub : host);

/** Reads a reference. A tag beside the digest is left out; a name without a host is refused, since its host is a guess. */
export function readReference(text: string): Reference {
  const [name = "", digest = ""] = text.replace(/^[a-z-]+:\/\//, "").split("@");
  const [host = "", ...path] = name.split("/");
  const repository = path.join("/").replace(/:[\w.-]{1,128}$/, "");
  const isHost = /^(?:[\w-]+(?:\.[\w-]+)*|\[[0-9a-f:]+\])(?::\d{1,5})?$/i.test(host) && /[.:]|^localhost$/.test(host);
  const isPath = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/.test(repository);
  if (isHost && isPath && repository.length <= 255 && isDigest(digest)) {
    if (knownAs(host) !== hub) return { host, api: host, repository, digest };
    const inFolder = repository.includes("/") ? repository : `library/${repository}`;
    return { host: hub, api: "registry-1.docker.io", repository: inFolder, digest };
  }
  const words = `${JSON.stringify(text.slice(0, 200))} is no image by digest: write HOST/NAME@sha256:DIGEST`;
  throw new ScanError("bad-request", words);
}
