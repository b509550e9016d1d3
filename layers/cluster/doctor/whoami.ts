import { ScanError } from "#contract/errors.ts";
import { ask } from "../api.ts";
import type { Connection } from "../connection.ts";
import { isAllowed } from "../grant/access-review.ts";
import { getExec } from "../grant/rights.ts";
import { printable, refusedWith } from "../status.ts";
import { type Credentials, claimedName } from "./credentials.ts";
import { HopFault } from "./hops.ts";

export interface Identity {
  readonly username: string;
  readonly groups: readonly string[];
  /** False where the server has no SelfSubjectReview and the name is only what the credential says. */
  readonly confirmed: boolean;
}

const anonymous = "system:anonymous";

/**
 * Who the API server takes us for (SelfSubjectReview, authentication.k8s.io/v1, Kubernetes 1.28). Where it is not served,
 * an access review, which every authenticated user may ask for, proves that the credentials are accepted.
 */
export async function whoami(
  connection: Connection,
  credentials: Credentials,
  now: number,
  signal: AbortSignal,
): Promise<Identity> {
  try {
    const identity = await selfReview(connection, signal).catch((error: unknown) => {
      if (refusedWith(error) !== 404 && refusedWith(error) !== 403) throw error;
      return byAccessReview(connection, credentials, signal);
    });
    if (identity.username === anonymous) throw anonymousFault(connection, credentials);
    return identity;
  } catch (error) {
    if (refusedWith(error) === 401) throw refusedFault(connection, credentials, now, error);
    if (refusedWith(error) === 403 && String(error).includes(anonymous)) throw anonymousFault(connection, credentials);
    throw error;
  }
}

async function selfReview(connection: Connection, signal: AbortSignal): Promise<Identity> {
  const answer = await ask(connection, {
    path: "apis/authentication.k8s.io/v1/selfsubjectreviews",
    method: "POST",
    body: { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" },
    what: "ask who we are",
    signal,
  });
  // The review's own schema; what is missing is told as such.
  const { username, groups } =
    (answer as { status?: { userInfo?: { username?: unknown; groups?: unknown } } })?.status?.userInfo ?? {};
  if (typeof username !== "string") {
    const message = `${connection.server.host}: the answer to "who am I" names nobody; is this a Kubernetes API?`;
    throw new HopFault("exec-refused", message, "Correct host, port and path in server.");
  }
  const list = Array.isArray(groups) ? groups.map((group) => printable(String(group))) : [];
  return { username: printable(username), groups: list, confirmed: true };
}

async function byAccessReview(
  connection: Connection,
  credentials: Credentials,
  signal: AbortSignal,
): Promise<Identity> {
  try {
    await isAllowed(connection, getExec, {}, { signal });
  } catch (error) {
    // Even a refusal says whom it refuses.
    const named = /User "([^"]+)" cannot/.exec(error instanceof ScanError ? error.message : "")?.[1];
    if (refusedWith(error) !== 403 || named === undefined) throw error;
    return { username: printable(named), groups: [], confirmed: true };
  }
  return { username: claimedName(credentials) ?? "unknown", groups: [], confirmed: false };
}

function anonymousFault(connection: Connection, { certificate, token, basic }: Credentials): HopFault {
  const shown = certificate || token || basic;
  const message = shown
    ? `${connection.server.host} takes us for ${anonymous}: it never looked at our credentials`
    : `${connection.server.host} takes us for ${anonymous}: neither kubeconfig nor cluster record holds credentials`;
  const advice = shown
    ? "Something on the way drops them (a proxy that ends TLS cannot pass on a client certificate): use a token, or a direct way."
    : "Put a token, a client certificate or a credential plugin into the kubeconfig's user, or one of the first two into the cluster record.";
  return new HopFault("unauthenticated", message, advice);
}

function refusedFault(connection: Connection, credentials: Credentials, now: number, cause: unknown): HopFault {
  const { certificate, token } = credentials;
  const host = connection.server.host;
  const at = (time: number) => new Date(time).toISOString().replace(/\.\d+Z$/, "Z");
  if (certificate && Date.parse(certificate.validTo) < now) {
    const message = `${host}: HTTP 401: the client certificate expired on ${at(Date.parse(certificate.validTo))}`;
    return new HopFault("unauthenticated", message, "Renew the client certificate.", cause);
  }
  if (token?.expiresAt !== undefined && token.expiresAt < now) {
    const message = `${host}: HTTP 401: the ${token.kind} expired at ${at(token.expiresAt)}`;
    return new HopFault("unauthenticated", message, "Get a fresh token.", cause);
  }
  if (token?.issuedAt !== undefined && token.issuedAt > now) {
    const message = `${host}: HTTP 401: the ${token.kind} begins at ${at(token.issuedAt)}, which this machine's clock has not reached`;
    return new HopFault("unauthenticated", message, "Set this machine's clock right.", cause);
  }
  if (token?.kind === "EKS token") {
    const advice =
      "Give the token's IAM principal an access entry in this cluster: `muster grant --eks ARN` prints it.";
    return new HopFault("unauthenticated", `${host}: HTTP 401: EKS does not accept the token`, advice, cause);
  }
  const what = [certificate && "client certificate", token?.kind].filter(Boolean).join(" and ") || "login";
  const advice = "Renew it; where it is new, it was issued by another cluster, or its ServiceAccount was deleted.";
  return new HopFault(
    "unauthenticated",
    `${host}: HTTP 401: the ${what} is not accepted, though it has not expired`,
    advice,
    cause,
  );
}
