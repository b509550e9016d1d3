import { type Call, namedObject, sendJson } from "./api.ts";
import { readBody } from "./body.ts";
import { invalid } from "./status.ts";
import { ISSUER } from "./tokens.ts";

const MIN_SECONDS = 600;
const MAX_SECONDS = 2 ** 32;
const DEFAULT_SECONDS = 3_600;

/** POST serviceaccounts/{name}/token: a JWT whose expiry the server then keeps to (TokenRequest, authentication.k8s.io/v1). */
export async function requestToken(call: Call): Promise<void> {
  const account = namedObject(call.api, call.info);
  const body = await readBody(call.request);
  // Field by field below: nothing else of the spec is read.
  const spec = (body.spec ?? {}) as { readonly expirationSeconds?: unknown; readonly audiences?: unknown };
  const seconds = spec.expirationSeconds ?? DEFAULT_SECONDS;
  if (typeof seconds !== "number" || seconds < MIN_SECONDS || seconds > MAX_SECONDS) {
    const why =
      typeof seconds === "number" && seconds > MAX_SECONDS
        ? "may not specify a duration larger than 2^32 seconds"
        : "may not specify a duration less than 10 minutes";
    throw invalid("TokenRequest", "authentication.k8s.io", "", [
      { field: "spec.expirationSeconds", reason: "FieldValueInvalid", message: `Invalid value: ${seconds}: ${why}` },
    ]);
  }
  const named = Array.isArray(spec.audiences) ? spec.audiences.filter((audience) => typeof audience === "string") : [];
  const audiences: readonly string[] = named.length > 0 ? named : [ISSUER];
  const issuedAt = Math.floor(call.api.clock.now() / 1000);
  const expiresAt = issuedAt + seconds;
  const token = call.api.tokens.issue({
    ...{ namespace: call.info.namespace, serviceAccount: account.metadata.name, audiences, issuedAt, expiresAt },
    serviceAccountUid: account.metadata.uid ?? "",
  });
  sendJson(call.response, 201, {
    ...{ kind: "TokenRequest", apiVersion: "authentication.k8s.io/v1" },
    metadata: { name: account.metadata.name, namespace: call.info.namespace },
    spec: { audiences, expirationSeconds: seconds, boundObjectRef: null },
    status: { token, expirationTimestamp: new Date(expiresAt * 1000).toISOString().replace(/\.\d+Z$/, "Z") },
  });
}
