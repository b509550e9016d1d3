import { beforeAll, describe, expect, it } from "vitest";
import { type FullRun, fullRun } from "#test/canaries/full-run.ts";
import { sharedCluster } from "#test/support/cluster.ts";

let run: FullRun;
beforeAll(async () => {
  run = await fullRun(await sharedCluster());
});

describe("what a full run writes: logs, errors, events, every object in S3, and all that a profile sees of its process", () => {
  it("holds none of the secrets that were planted", () => {
    expect(run.canaries).toHaveLength(13);
    expect(run.found).toEqual([]);
  });

  it.each([
    ["reports", /\/hdf\.json$/],
    ["packed findings, unpacked", /findings\.ndjson\.gz \(unpacked\)$/],
    ["outcomes", /\/outcomes\/.*\.json$/],
    ["events", / in stdout of functions$/],
  ])("is searched: the word that everybody may see is found in %s", (_what, place) => {
    expect(run.decoys.some((found) => place.test(found))).toBe(true);
  });

  it.each([
    ["logs", /\/w\/functions\.log$/],
    ["manifests and attestations", /attestation\.sigstore\.json$/],
    ["hints", /\/hints\/v1\//],
    ["pointers and index", /\/index\/v1\/fleet\.json$/],
    ["errors of the command line", /^stderr of refused-by-proxy$/],
  ])("includes %s", (_what, place) => {
    expect(run.outputs.some((output) => place.test(output.place) && output.bytes.length > 0)).toBe(true);
  });
});
