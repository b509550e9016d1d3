/** What a registry wants before it answers (RFC 9110 §11.6.1; distribution's token specification). */
export interface Challenge {
  readonly scheme: "bearer" | "basic";
  readonly realm: string;
  readonly service: string | undefined;
  readonly scope: string | undefined;
}

/** A parameter of the challenge before it, or the scheme of another, perhaps with one token68 (RFC 9110 §11.2). */
const piece =
  /[\s,]*(?:([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))|([\w!#$%&'*+.^`|~-]+)(?:\s+[\w.~+/-]+=*(?=\s*(?:,|$)))?)/gy;

/**
 * Reads `WWW-Authenticate`, which may offer several ways to sign in: a token where there is one to be had, else the login
 * itself. Undefined where neither is known.
 */
export function readChallenge(header: string | null): Challenge | undefined {
  const offered: { readonly scheme: string; readonly given: Map<string, string> }[] = [];
  for (const [, key, quoted, bare, scheme] of (header ?? "").matchAll(piece)) {
    if (scheme !== undefined) offered.push({ scheme: scheme.toLowerCase(), given: new Map() });
    else if (key !== undefined)
      offered.at(-1)?.given.set(key.toLowerCase(), quoted?.replaceAll(/\\(.)/g, "$1") ?? bare ?? "");
  }
  for (const scheme of ["bearer", "basic"] as const) {
    const given = offered.find((each) => each.scheme === scheme)?.given;
    if (given === undefined) continue;
    return { scheme, realm: given.get("realm") ?? "", service: given.get("service"), scope: given.get("scope") };
  }
  return undefined;
}
