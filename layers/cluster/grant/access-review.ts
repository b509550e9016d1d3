import { ask } from "../api.ts";
import type { Connection } from "../connection.ts";
import type { Right } from "./rights.ts";

/** Where a right is asked for. */
export interface Place {
  /** Undefined: in all namespaces. */
  readonly namespace?: string | undefined;
  /** Undefined: for objects of any name. */
  readonly name?: string | undefined;
}

export interface ReviewOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Asks the API server whether whoever asks has a right (SelfSubjectAccessReview, authorization.k8s.io/v1). */
export async function isAllowed(
  connection: Connection,
  right: Pick<Right, "verb" | "resource">,
  { namespace, name }: Place,
  { timeoutMs, signal }: ReviewOptions = {},
): Promise<boolean> {
  const [resource, subresource] = right.resource.split("/");
  const resourceAttributes = { verb: right.verb, group: "", resource, subresource, namespace, name };
  const answer = await ask(connection, {
    path: "apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
    method: "POST",
    body: { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectAccessReview", spec: { resourceAttributes } },
    what: `ask whether one may ${right.verb} ${right.resource}`,
    ...(timeoutMs !== undefined && { timeoutMs }),
    signal,
  });
  return (answer as { status?: { allowed?: boolean } }).status?.allowed === true; // the review's own schema
}
