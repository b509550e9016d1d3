/** What a registry wants before it answers (RFC 9110 §11.6.1; distribution's token specification). */
export interface Challenge {
  readonly scheme: "bearer" | "basic";
  readonly realm: string;
  readonly service: string | undefined;
  readonly scope: string | undefined;
}

/** Reads `WWW-Authenticate`; undefined for a scheme that is not known. */
export function readChallenge(header: string | null): Challenge | undefined {
  const [, scheme = "", rest = ""] = /^\s*(bearer|basic)\b\s*([\s\S]*)$/i.exec(header ?? "") ?? [];
  if (scheme === "") return undefined;
  const given = new Map<string, string>();
  for (const [, key = "", quoted, bare] of rest.matchAll(/([\w-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/g)) {
    given.set(key.toLowerCase(), quoted?.replaceAll(/\\(.)/g, "$1") ?? bare ?? "");
  }
  const kind = scheme.toLowerCase() === "basic" ? "basic" : "bearer";
  return { scheme: kind, realm: given.get("realm") ?? "", service: given.get("service"), scope: given.get("scope") };
}
