import { createHash } from "node:crypto";
import type { Target } from "./target.ts";

/** Parts are joined by NUL, which none of them can hold, so that no two lists of parts give one text. */
function idOf(...parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 32);
}

/** The scan's id, from `requestId` or else the queue's message id, and never from the body. */
export function scanIdOf(request: { readonly requestId?: string | undefined }, messageId: string): string {
  return request.requestId === undefined ? idOf("message", messageId) : idOf("request", request.requestId);
}

/** The id of the expand task for the target entry at `index`. */
export function expandTaskIdOf(scanId: string, index: number): string {
  return idOf("expand", scanId, String(index));
}

type Found = Pick<Target, "cluster" | "namespace" | "podUid" | "container">;

/** The id of the scan task for one container and one profile. A pod of the same name with another UID is another task. */
export function scanTaskIdOf(scanId: string, target: Found, profileDigest: string): string {
  return idOf("scan", scanId, target.cluster, target.namespace, target.podUid, target.container, profileDigest);
}

/** The id under which a pod that was named but is not there gets its outcome. */
export function missingPodIdOf(scanId: string, cluster: string, namespace: string, pod: string): string {
  return idOf("missing-pod", scanId, cluster, namespace, pod);
}

/** What signatures call a public key: SHA-256 of its SubjectPublicKeyInfo in DER. */
export function keyIdOf(spki: Uint8Array): string {
  return createHash("sha256").update(spki).digest("hex");
}
