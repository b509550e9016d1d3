import type { Counts, Severity } from "#contract/finding.ts";
import { totalOf } from "../counts.ts";
import { icon } from "./icons.ts";
import { html, type Markup } from "./markup.ts";
import { grouped, severityOrder, severityWords, statusOrder, statusWords } from "./words.ts";

const width = 1000;
/** Enough to be seen: one error among thousands. */
const narrowest = 6;
const gap = 3;

/** The counts as one bar, worst first, with the same numbers as its label. */
export function countsBar(counts: Counts): Markup {
  const shown = statusOrder.filter((status) => counts[status] > 0);
  const label = shown.map((status) => `${grouped(counts[status])} ${statusWords[status].toLowerCase()}`).join(", ");
  const room = width - gap * Math.max(0, shown.length - 1) - narrowest * shown.length;
  let x = 0;
  const bars = shown.map((status) => {
    const wide = narrowest + (room * counts[status]) / totalOf(counts);
    const bar = html`<rect class="${status}" x="${round(x)}" y="0" width="${round(wide)}" height="20"/>`;
    x += wide + gap;
    return bar;
  });
  return html`<svg class="bar" viewBox="0 0 ${width} 20" preserveAspectRatio="none" role="img" aria-label="Controls by status: ${label || "none"}">${bars}</svg>`;
}

const round = (value: number) => Math.round(value * 10) / 10;

/** The same counts as a table, by severity. The row heads lead to the sections that `links` names. */
export function countsTable(
  counts: Counts,
  bySeverity: Readonly<Partial<Record<Severity, Counts>>>,
  links: Readonly<Record<keyof Counts, string>>,
): Markup {
  const head = severityOrder.map((severity) => html`<th scope="col">${severityWords[severity]}</th>`);
  const rows = statusOrder.map((status) => {
    const cells = severityOrder.map((severity) => cell(bySeverity[severity]?.[status] ?? 0));
    const word = html`${icon(status)}<span>${statusWords[status]}</span>`;
    const name =
      counts[status] > 0 ? html`<a href="#${links[status]}">${word}</a>` : html`<span class="word">${word}</span>`;
    return html`<tr><th scope="row">${name}</th><td class="total">${grouped(counts[status])}</td>${cells}</tr>`;
  });
  return html`<table class="counts"><caption>Controls by status and severity</caption>
<thead><tr><td></td><th scope="col">All</th>${head}</tr></thead><tbody>${rows}</tbody></table>`;
}

function cell(count: number): Markup {
  return count === 0 ? html`<td class="zero">0</td>` : html`<td>${grouped(count)}</td>`;
}
