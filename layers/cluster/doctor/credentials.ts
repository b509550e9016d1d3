import { createPrivateKey, X509Certificate } from "node:crypto";
import type { RequestOptions } from "node:https";
import { createSecureContext } from "node:tls";
import type { Connection } from "../connection.ts";
import { printable } from "../status.ts";
import { HopFault } from "./hops.ts";
import { type TokenFacts, tokenFacts } from "./token.ts";

/** What this side shows to the API server. */
export interface Credentials {
  /** TLS material, agent and headers, as every request gets them. */
  readonly options: RequestOptions;
  readonly certificate?: X509Certificate;
  readonly token?: TokenFacts;
  readonly basic: boolean;
}

/**
 * The connection's credentials, with each part looked at: a part that cannot be used is `bad-request` and names its
 * field. Credential plugins run here, as for every request.
 */
export async function credentialsOf(connection: Connection): Promise<Credentials> {
  const options = await connection.authorize();
  const { ca, cert, key, pfx } = options;
  if (ca != null)
    readable("cluster.certificate-authority-data", "holds no PEM certificate", () => new X509Certificate(text(ca)));
  const certificate =
    cert == null
      ? undefined
      : readable("user.client-certificate-data", "holds no PEM certificate", () => new X509Certificate(text(cert)));
  if (key != null) readable("user.client-key-data", "holds no PEM private key", () => createPrivateKey(text(key)));
  if ((cert == null) !== (key == null) && pfx == null) {
    const [given, missing] = cert == null ? ["key", "certificate"] : ["certificate", "key"];
    throw unusable(`user.client-${given}-data`, `is given without a client-${missing}-data`);
  }
  if (cert != null && key != null) {
    readable("user.client-key-data", "does not belong to client-certificate-data", () =>
      createSecureContext({ cert, key }),
    );
  }
  const bearer = /^Bearer (.+)$/i.exec(String(headerOf(options, "authorization") ?? ""))?.[1];
  return {
    options,
    ...(certificate && { certificate }),
    ...(bearer !== undefined && { token: tokenFacts(bearer) }),
    basic: Boolean(options.auth),
  };
}

/** The credentials in words. No part of a secret is among them. */
export function describe({ certificate, token, basic }: Credentials, now: number): string {
  const parts = [
    ...(certificate
      ? [`client certificate of ${nameIn(certificate)}${ending(Date.parse(certificate.validTo), now)}`]
      : []),
    ...(token
      ? [`${token.kind}${token.subject ? ` of ${printable(token.subject)}` : ""}${ending(token.expiresAt, now)}`]
      : []),
    ...(basic ? ["user name and password"] : []),
  ];
  return parts.join(" and ") || "none: neither kubeconfig nor cluster record holds a token or certificate";
}

/** Who the credentials say they are, as far as they say it. */
export function claimedName({ certificate, token }: Credentials): string | undefined {
  return certificate ? nameIn(certificate) : token?.subject && printable(token.subject);
}

/** Common name of a client certificate: the user's name in Kubernetes. */
function nameIn(certificate: X509Certificate): string {
  return printable(/^CN=(.+)$/m.exec(certificate.subject)?.[1] ?? "nobody");
}

function ending(time: number | undefined, now: number): string {
  if (time === undefined || Number.isNaN(time)) return "";
  return `, ${time < now ? "expired" : "until"} ${new Date(time).toISOString().replace(/\.\d+Z$/, "Z")}`;
}

function readable<T>(field: string, why: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw unusable(field, why, error);
  }
}

const unusable = (field: string, why: string, cause?: unknown) =>
  new HopFault("bad-request", `kubeconfig or cluster record: ${field} ${why}`, "Correct this field.", cause);

/** PEM text or bytes; of several the first, which is the one that counts. */
function text(material: NonNullable<RequestOptions["ca"] | RequestOptions["key"]>): string {
  const first: unknown = Array.isArray(material) ? material[0] : material;
  return Buffer.isBuffer(first) ? first.toString("utf8") : String(first);
}

function headerOf({ headers }: RequestOptions, name: string): unknown {
  const entry = Object.entries(headers ?? {}).find(([key]) => key.toLowerCase() === name);
  return entry?.[1];
}
