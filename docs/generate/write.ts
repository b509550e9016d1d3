import { readFileSync, writeFileSync } from "node:fs";
import { withApproachesEvidence } from "./approaches-evidence.ts";
import { withApproachesRights } from "./approaches-rights.ts";
import { withMatrixTable } from "./matrix-table.ts";
import { rbacDocument } from "./rbac.ts";
import { withReasonTable } from "./reason-table.ts";
import { sidecarManifests } from "./sidecar-manifests.ts";
import { withSpeedTable } from "./speed-table.ts";
import "./write-conformance.ts";
import "./write-context.ts";
import "./write-cost.ts";
import "./write-differences.ts";

/** Writes every generated part of the documents. `npm run docs` runs it; a test holds the documents to their sources. */
const readme = new URL("../../README.md", import.meta.url);
writeFileSync(readme, withMatrixTable(withSpeedTable(withReasonTable(readFileSync(readme, "utf8")))));
for (const [name, text] of Object.entries(sidecarManifests())) {
  writeFileSync(new URL(`../sidecar/${name}`, import.meta.url), text);
}
writeFileSync(new URL("../rbac.yaml", import.meta.url), rbacDocument());
const approaches = new URL("../approaches.md", import.meta.url);
writeFileSync(approaches, withApproachesEvidence(withApproachesRights(readFileSync(approaches, "utf8"))));
