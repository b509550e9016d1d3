import type { IncomingMessage } from "node:http";
import { TLSSocket } from "node:tls";
import type { ObjectStore } from "../store/object-store.ts";
import { findResource } from "../store/resources.ts";
import { ANONYMOUS, type Identity, serviceAccountIdentity } from "./identity.ts";
import { unauthorized } from "./status.ts";
import type { TokenAuthority } from "./tokens.ts";

/**
 * Who sends this request: a client certificate (CN is the user, O the groups), else a bearer token, else anonymous.
 * Throws 401 for credentials that are wrong, expired, or of a service account that is gone.
 */
export function authenticate(
  request: IncomingMessage,
  tokens: TokenAuthority,
  store: ObjectStore,
  nowMs: number,
): Identity {
  const certificate = clientCertificate(request);
  if (certificate !== undefined) return certificate;
  const authorization = request.headers.authorization;
  if (authorization === undefined) return ANONYMOUS;
  const token = /^Bearer (\S+)$/i.exec(authorization)?.[1];
  const claims = token === undefined ? undefined : tokens.check(token, nowMs / 1000);
  if (claims === undefined) throw unauthorized();
  const resource = findResource("", "serviceaccounts");
  const account = resource && store.get(resource, claims.namespace, claims.serviceAccount);
  if (account?.metadata.uid !== claims.serviceAccountUid) throw unauthorized();
  return serviceAccountIdentity(claims.namespace, claims.serviceAccount, claims.serviceAccountUid);
}

function clientCertificate(request: IncomingMessage): Identity | undefined {
  if (!(request.socket instanceof TLSSocket)) return undefined;
  const subject = request.socket.getPeerCertificate().subject;
  if (subject === undefined) return undefined;
  if (!request.socket.authorized) throw unauthorized();
  const organisations = subject.O === undefined ? [] : [subject.O].flat();
  return { username: [subject.CN].flat()[0] ?? "", uid: "", groups: [...organisations, "system:authenticated"] };
}
