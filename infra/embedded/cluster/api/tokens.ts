import { generateKeyPairSync, type KeyObject, sign, verify } from "node:crypto";

/** The claims of a bound service account token that this cluster sets and reads. */
export interface TokenClaims {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly serviceAccountUid: string;
  readonly audiences: readonly string[];
  /** Seconds since 1970. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

export const ISSUER = "https://kubernetes.default.svc.cluster.local";

/** Signs and checks service account tokens (JWT, ES256). Every cluster has a key of its own. */
export interface TokenAuthority {
  readonly issue: (claims: TokenClaims) => string;
  /** Undefined when the signature, the issuer or the audience is not ours, or the token is no longer valid at `nowSeconds`. */
  readonly check: (token: string, nowSeconds: number) => TokenClaims | undefined;
}

export function createTokenAuthority(): TokenAuthority {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return {
    issue: (claims) => {
      const payload = {
        ...{ iss: ISSUER, sub: `system:serviceaccount:${claims.namespace}:${claims.serviceAccount}` },
        ...{ aud: claims.audiences, iat: claims.issuedAt, nbf: claims.issuedAt, exp: claims.expiresAt },
        "kubernetes.io": {
          namespace: claims.namespace,
          serviceaccount: { name: claims.serviceAccount, uid: claims.serviceAccountUid },
        },
      };
      const unsigned = `${encode({ alg: "ES256", typ: "JWT" })}.${encode(payload)}`;
      return `${unsigned}.${sign("sha256", Buffer.from(unsigned), es256(privateKey)).toString("base64url")}`;
    },
    check: (token, nowSeconds) => {
      const [header = "", body = "", signature = ""] = token.split(".");
      const signed = Buffer.from(`${header}.${body}`);
      if (!verify("sha256", signed, es256(publicKey), Buffer.from(signature, "base64url"))) return undefined;
      // Our own signature stands under this payload.
      const claims = JSON.parse(Buffer.from(body, "base64url").toString()) as SignedPayload;
      if (claims.exp <= nowSeconds || !claims.aud.includes(ISSUER)) return undefined;
      return {
        namespace: claims["kubernetes.io"].namespace,
        serviceAccount: claims["kubernetes.io"].serviceaccount.name,
        serviceAccountUid: claims["kubernetes.io"].serviceaccount.uid,
        ...{ audiences: claims.aud, issuedAt: claims.iat, expiresAt: claims.exp },
      };
    },
  };
}

interface SignedPayload {
  readonly aud: readonly string[];
  readonly iat: number;
  readonly exp: number;
  readonly "kubernetes.io": {
    readonly namespace: string;
    readonly serviceaccount: { readonly name: string; readonly uid: string };
  };
}

function es256(key: KeyObject) {
  return { key, dsaEncoding: "ieee-p1363" as const };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
