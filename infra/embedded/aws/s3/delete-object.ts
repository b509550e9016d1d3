import { hexId } from "../ids.ts";
import { queryValue } from "../wire.ts";
import type { Operation, S3Call } from "./call.ts";
import { accessDenied } from "./errors.ts";
import type { JournalEntry, KeyState } from "./journal.ts";

/**
 * DeleteObject: in a versioned bucket a delete marker, with `versionId` that version for good, else the object
 * (S3 guide, DeletingObjectVersions). Deleting what is not there succeeds. A create-only bucket refuses.
 */
export const deleteObject: Operation = async (call) => {
  const { bucket, key } = call;
  if (bucket.createOnly) throw accessDenied();
  for (;;) {
    const state = await bucket.journal.read(key);
    const entry = deletion(call, state);
    if (entry !== undefined && !(await bucket.journal.append(state, entry))) continue;
    const gone =
      entry?.kind === "removed" ? state.versions.find((one) => one.versionId === entry.versionId) : undefined;
    if (gone !== undefined && gone.blob !== "") await bucket.journal.blobs.drop(gone.blob);
    const marker = entry?.kind === "added" ? entry.version : gone?.deleteMarker === true ? gone : undefined;
    const versionId = bucket.versioned ? (marker ?? gone)?.versionId : undefined;
    return {
      statusCode: 204,
      headers: {
        ...(marker === undefined ? {} : { "x-amz-delete-marker": "true" }),
        ...(versionId === undefined ? {} : { "x-amz-version-id": versionId }),
      },
      body: new Uint8Array(),
    };
  }
};

/** What a deletion writes, if anything. */
function deletion({ bucket, key, clock, random, request }: S3Call, state: KeyState): JournalEntry | undefined {
  const versionId = queryValue(request, "versionId") ?? (bucket.versioned ? undefined : "null");
  if (versionId !== undefined) {
    const known = state.versions.some((version) => version.versionId === versionId);
    return known ? { kind: "removed", key, versionId } : undefined;
  }
  return {
    kind: "added",
    version: {
      key,
      versionId: hexId(random, 32),
      modifiedAt: clock.now(),
      deleteMarker: true,
      etag: "",
      sizeBytes: 0,
      blob: "",
      contentType: "",
      headers: {},
      metadata: {},
      tagging: "",
      checksums: {},
    },
  };
}
