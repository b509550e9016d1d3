import type { V1Namespace, V1SelfSubjectAccessReview } from "@kubernetes/client-node";
import { ask } from "#cluster/api.ts";
import type { Connection } from "#cluster/connection.ts";
import { patiently } from "#cluster/retry.ts";
import { ScanError } from "#contract/errors.ts";
import type { SecurityLevel } from "../plan.ts";

/** The pod security level that a namespace enforces; `unknown` when it may not be read. Without a label all is allowed. */
export async function securityLevelOf(
  connection: Connection,
  namespace: string,
  signal: AbortSignal,
): Promise<SecurityLevel> {
  const request = { path: `api/v1/namespaces/${namespace}`, what: `read namespace ${namespace}`, signal };
  try {
    const found = (await patiently(() => ask(connection, request), signal)) as V1Namespace; // the API server's own schema
    const level = found.metadata?.labels?.["pod-security.kubernetes.io/enforce"];
    return level === "baseline" || level === "restricted" ? level : "privileged";
  } catch (error) {
    if (error instanceof ScanError && error.code === "forbidden") return "unknown";
    throw error;
  }
}

/** May this account patch pods/ephemeralcontainers there? Undefined when the server does not say. */
export async function mayPatchEphemeral(
  connection: Connection,
  namespace: string,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  const resourceAttributes = { namespace, verb: "patch", resource: "pods", subresource: "ephemeralcontainers" };
  const request = {
    path: "apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
    method: "POST" as const,
    body: {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SelfSubjectAccessReview",
      spec: { resourceAttributes },
    },
    what: "ask whether ephemeral containers may be added",
    signal,
  };
  try {
    const review = (await patiently(() => ask(connection, request), signal)) as V1SelfSubjectAccessReview; // the API server's own schema
    return review.status?.allowed;
  } catch (error) {
    if (error instanceof ScanError && error.code === "forbidden") return undefined;
    throw error;
  }
}
