import type { Counts } from "#contract/finding.ts";
import type { Summary } from "#contract/summary.ts";
import { countedOf } from "../compliance.ts";
import { totalOf } from "../counts.ts";
import { icon } from "./icons.ts";
import { html, type Markup } from "./markup.ts";
import { grouped, plural, timeWords, wayWords } from "./words.ts";

/** The first thing to read: what was looked at, when, how, and what came of it. */
export function verdictHeader(summary: Summary): Markup {
  const { target, counts } = summary;
  const { tone, words } = verdictWords(counts);
  return html`<header>
<p class="kicker">muster <span>compliance report</span></p>
<p class="where">${target.cluster} / ${target.namespace} / ${target.pod} / <b>${target.container}</b></p>
<h1>${icon(tone)} ${words}</h1>
<div class="lead">
<p class="score"><b>${score(summary.compliance)}</b> <span>compliance</span><span>${ratio(counts)}</span></p>
<dl class="facts">
${fact("Scanned", html`<time datetime="${summary.finishedAt}">${timeWords(summary.finishedAt)}</time>`)}
${fact("Image", target.image)}
${fact("Image digest", target.imageDigest === "" ? "not reported by the node" : html`<code>${target.imageDigest}</code>`)}
${fact("Looked at", wayWords[summary.way])}
${fact("Profile", html`${summary.profile.title || summary.profile.name} ${summary.profile.version}`)}
${fact("Platform", `${summary.platform.name} ${summary.platform.release}`)}
</dl>
</div>
</header>`;
}

/** A term and what is said of it. */
export function fact(term: string, value: string | Markup): Markup {
  return html`<div><dt>${term}</dt><dd>${value}</dd></div>`;
}

function score(compliance: number | null): string {
  return compliance === null ? "–" : `${compliance.toFixed(2)} %`;
}

function ratio(counts: Counts): string {
  const counted = countedOf(counts);
  return counted === 0
    ? "nothing counts"
    : `${grouped(counts.passed)} of ${plural(counted, "applicable control")} passed`;
}

/** Green is only what was looked at and passed. */
function verdictWords(counts: Counts): { readonly tone: keyof Counts; readonly words: string } {
  const { failed, error, not_reviewed: open, passed } = counts;
  const all = plural(totalOf(counts), "control");
  if (failed > 0) return { tone: "failed", words: `${grouped(failed)} of ${all} failed` };
  if (error > 0) return { tone: "error", words: `None failed, but ${grouped(error)} of ${all} could not be decided` };
  if (open > 0) return { tone: "not_reviewed", words: `None failed, and ${grouped(open)} of ${all} need a person` };
  if (passed > 0) return { tone: "passed", words: `All ${plural(passed, "control")} that apply passed` };
  return { tone: "not_applicable", words: "Nothing was tested" };
}
