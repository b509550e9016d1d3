import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { withApproachesEvidence } from "../../docs/generate/approaches-evidence.ts";
import { withApproachesRights } from "../../docs/generate/approaches-rights.ts";
import { rbacDocument } from "../../docs/generate/rbac.ts";
import { withReasonTable } from "../../docs/generate/reason-table.ts";
import { sidecarManifests } from "../../docs/generate/sidecar-manifests.ts";
import { withSpeedTable } from "../../docs/generate/speed-table.ts";

it("the README's table of reasons is what the contract says (else run npm run docs)", () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  expect(withReasonTable(readme)).toBe(readme);
});

it("the README's table of speed is what was measured last (else run npm run docs)", () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  expect(withSpeedTable(readme)).toBe(readme);
});

it.each(Object.entries(sidecarManifests()))(
  "docs/sidecar/%s is what the sidecar is (else run npm run docs)",
  (name, text) => {
    expect(readFileSync(new URL(`../../docs/sidecar/${name}`, import.meta.url), "utf8")).toBe(text);
  },
);
it("docs/rbac.yaml is what muster grant prints (else run npm run docs)", () => {
  expect(readFileSync(new URL("../../docs/rbac.yaml", import.meta.url), "utf8")).toBe(rbacDocument());
});

it("docs/approaches.md names the rights that grants are made of (else run npm run docs)", () => {
  const page = readFileSync(new URL("../../docs/approaches.md", import.meta.url), "utf8");
  expect(withApproachesRights(page)).toBe(page);
});

it("docs/approaches.md tells what the matrix found last (else run npm run docs)", () => {
  const page = readFileSync(new URL("../../docs/approaches.md", import.meta.url), "utf8");
  expect(withApproachesEvidence(page)).toBe(page);
});
