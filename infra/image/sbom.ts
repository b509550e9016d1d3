import type { Component } from "./components.ts";

/** What the bill is about. */
export interface BillOf {
  readonly image: string;
  readonly version: string;
  /** SHA-256 of the image's archive. */
  readonly sha256: string;
  readonly components: readonly Component[];
}

/**
 * A software bill of materials: CycloneDX 1.6 as JSON (ECMA-424). The same image has the same bill: its serial number follows
 * from the image's digest, and it says nothing of the time.
 */
export function billOfMaterials({ image, version, sha256, components }: BillOf): string {
  const own: Component = {
    ...{ type: "application", "bom-ref": "image", name: image, version },
    hashes: [{ alg: "SHA-256", content: sha256 }],
  };
  const byRef = new Map(components.map((each) => [each.purl ?? `${each.name}@${each.version}`, each]));
  const sorted = [...byRef].sort(([one], [other]) => (one < other ? -1 : 1));
  return `${JSON.stringify(
    {
      ...{ $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json", bomFormat: "CycloneDX", specVersion: "1.6" },
      ...{ serialNumber: `urn:uuid:${uuidOf(sha256)}`, version: 1, metadata: { component: own } },
      components: sorted.map(([ref, each]) => ({ ...each, "bom-ref": ref })),
      dependencies: [{ ref: "image", dependsOn: sorted.map(([ref]) => ref) }],
    },
    null,
    2,
  )}\n`;
}

/** A UUID of version 8 (RFC 9562) made of a digest. */
function uuidOf(sha256: string): string {
  const [a, b, c, d, e] = [
    sha256.slice(0, 8),
    sha256.slice(8, 12),
    sha256.slice(13, 16),
    sha256.slice(17, 20),
    sha256.slice(20, 32),
  ];
  return `${a}-${b}-8${c}-8${d}-${e}`;
}
