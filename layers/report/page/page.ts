import { createHash } from "node:crypto";
import type { Summary } from "#contract/summary.ts";
import { targetName } from "#contract/target.ts";
import type { Judged } from "../judged.ts";
import { anchors } from "./anchor.ts";
import { countsBar, countsTable } from "./chart.ts";
import { iconSymbols } from "./icons.ts";
import { html, Markup } from "./markup.ts";
import { provenance } from "./provenance.ts";
import { controlSections, sectionOf } from "./sections.ts";
import { styleSheet } from "./style.ts";
import { verdictHeader } from "./verdict.ts";

const styleDigest = createHash("sha256").update(styleSheet).digest("base64");
const policy = `default-src 'none'; style-src 'sha256-${styleDigest}'; base-uri 'none'; form-action 'none'`;

/**
 * One scan as one HTML file without script, fonts or pictures of its own. Every text of the report is hostile here: it
 * comes from the scanned container or from a profile, and is escaped.
 */
export function reportPage(judged: readonly Judged[], summary: Summary): string {
  const anchorOf = anchors();
  const shown = judged.map((one) => ({ ...one, anchor: anchorOf(one.control.id), at: summary.finishedAt }));
  const page = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${Markup.trusted(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>${targetName(summary.target)} · ${summary.profile.name} · muster</title>
<style>${Markup.trusted(styleSheet)}</style>
</head>
<body>
${iconSymbols()}
<main>
${verdictHeader(summary)}
<section id="counts" aria-label="Counts">
<h2 class="quiet">Controls</h2>
${countsBar(summary.counts)}
${countsTable(summary.counts, summary.countsBySeverity, sectionOf)}
</section>
${controlSections(shown)}
${provenance(summary)}
</main>
</body>
</html>
`;
  return page.toString();
}
