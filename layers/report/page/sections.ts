import type { ControlStatus } from "#contract/finding.ts";
import { controlCard, controlLine, type Shown } from "./control.ts";
import { html, type Markup } from "./markup.ts";
import { grouped, plural, severityOrder, severityWords } from "./words.ts";

/** Where the table of counts leads for each status. */
export const sectionOf: Readonly<Record<ControlStatus, string>> = {
  failed: "to-fix",
  error: "to-fix",
  not_reviewed: "to-review",
  passed: "passed",
  not_applicable: "not-applicable",
};

/** Up to here all that failed stands open; beyond, only what is critical or high. */
const fewEnough = 8;

/** Every control in the order of how much it asks of the reader. */
export function controlSections(shown: readonly Shown[]): Markup {
  const of = (...statuses: readonly ControlStatus[]) => shown.filter(({ status }) => statuses.includes(status));
  return html`${toFix(of("failed", "error"))}${toReview(of("not_reviewed"))}
${done("passed", "Passed", of("passed"))}${done("not-applicable", "Not applicable", of("not_applicable"))}`;
}

function toFix(shown: readonly Shown[]): Markup {
  if (shown.length === 0) return html``;
  const groups = severityOrder.map((severity) => {
    const group = shown.filter((one) => one.severity === severity);
    const open = shown.length <= fewEnough || severity === "critical" || severity === "high";
    const cards = group.map((one) => controlCard(one, open));
    return (
      group.length > 0 &&
      html`<details class="group" open><summary><h3>${severityWords[severity]} <span class="count">${grouped(group.length)}</span></h3></summary>
${cards}</details>`
    );
  });
  return html`<section id="to-fix"><h2>Failed and errors</h2>
<p class="intro">${plural(shown.length, "control")}, the most severe first.</p>${groups}</section>`;
}

function toReview(shown: readonly Shown[]): Markup {
  if (shown.length === 0) return html``;
  const few = shown.length <= fewEnough;
  return html`<section id="to-review"><h2>Not reviewed</h2>
<p class="intro">${plural(shown.length, "control")} that no check decided. Each needs a person.</p>
<details class="group" open><summary><h3>All <span class="count">${grouped(shown.length)}</span></h3></summary>
${bySeverity(shown).map((one) => controlCard(one, few))}</details></section>`;
}

function done(id: string, title: string, shown: readonly Shown[]): Markup {
  if (shown.length === 0) return html``;
  return html`<section id="${id}"><details class="fold"><summary><h2>${title} <span class="count">${grouped(shown.length)}</span></h2></summary>
<ul class="lines">${bySeverity(shown).map(controlLine)}</ul></details></section>`;
}

function bySeverity(shown: readonly Shown[]): readonly Shown[] {
  return severityOrder.flatMap((severity) => shown.filter((one) => one.severity === severity));
}
