/** What a bearer token tells of itself, without its key. Times in milliseconds since 1970. */
export interface TokenFacts {
  readonly kind: "JWT" | "EKS token" | "opaque token";
  readonly subject?: string;
  readonly issuedAt?: number;
  readonly expiresAt?: number;
}

/** EKS takes a presigned STS request for this long after its X-Amz-Date, whatever X-Amz-Expires says. */
const eksLifetimeMs = 15 * 60 * 1000;

/** Reads a JWT's claims (RFC 7519) or an EKS token's date. Believed for messages only: nothing is decided by it. */
export function tokenFacts(token: string): TokenFacts {
  if (token.startsWith("k8s-aws-v1.")) return eksFacts(token.slice("k8s-aws-v1.".length));
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    if (typeof claims !== "object" || claims === null) return { kind: "opaque token" };
    const { sub, iat, exp } = claims as Record<string, unknown>; // an object; each is checked below
    return {
      kind: "JWT",
      ...(typeof sub === "string" && { subject: sub }),
      ...(typeof iat === "number" && { issuedAt: iat * 1000 }),
      ...(typeof exp === "number" && { expiresAt: exp * 1000 }),
    };
  } catch {
    return { kind: "opaque token" };
  }
}

function eksFacts(body: string): TokenFacts {
  const url = Buffer.from(body, "base64url").toString("utf8");
  const stamp = /[?&]X-Amz-Date=(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/i.exec(url);
  if (stamp === null) return { kind: "EKS token" };
  const [, year, month, day, hour, minute, second] = stamp;
  const issuedAt = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(issuedAt)
    ? { kind: "EKS token" }
    : { kind: "EKS token", issuedAt, expiresAt: issuedAt + eksLifetimeMs };
}
