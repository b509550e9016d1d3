import type { Judged } from "../judged.ts";
import { cut, decidingResults, messageOf, wordsOf } from "../message.ts";
import { daysLeft } from "../waiver.ts";
import { icon } from "./icons.ts";
import { html, type Markup } from "./markup.ts";
import { plural, reasonWords, severityWords, statusWords, waiverWords } from "./words.ts";

/** What one control may take up of the page; all of it is in hdf.json. */
const caps = { message: 4_000, results: 20, text: 6_000, title: 300, justification: 1_000, tags: 40 };

export interface Shown extends Judged {
  readonly anchor: string;
  /** When the scan ended, which says how long a waiver still holds. */
  readonly at: string;
}

/** A control to act on: its message, how to mend it, how it was checked. */
export function controlCard(shown: Shown, open: boolean): Markup {
  const { control, status, reason } = shown;
  const title = cut(control.title || control.id, caps.title);
  return html`<details class="control ${status}"${open ? html` open` : ""}>
<summary>${icon(status)}<h4><span class="meta"><span class="word">${statusWords[status]}</span> <span class="id">${cut(control.id, caps.title)}</span>${badge(shown)}</span><span class="title">${title}</span></h4></summary>
<div class="body" id="${shown.anchor}">
${reasonWords[reason] && html`<p class="reason">${reasonWords[reason]}</p>`}
${results(shown)}
${waiverNote(shown)}
${passage("How to fix it", control.fix)}
${asides(passage("How it is checked", control.check), passage("Why it matters", control.desc))}
${tags(shown)}
</div>
</details>`;
}

/** A control that needs no action, as one line and why. */
export function controlLine(shown: Shown): Markup {
  const { control, status, reason } = shown;
  const why = [reason !== "waived" && reasonWords[reason], reason === "impact_zero" ? cut(messageOf(shown), 300) : ""]
    .filter(Boolean)
    .join(" ");
  return html`<li id="${shown.anchor}">${icon(status)}<div><p class="meta"><span class="id">${cut(control.id, caps.title)}</span> <span class="level">${severityWords[shown.severity]}</span>${badge(shown)}</p>
<p>${cut(control.title || control.id, caps.title)}</p>${why && html`<p class="reason">${why}</p>`}${waiverNote(shown)}</div></li>`;
}

function results(shown: Shown): Markup {
  const deciding = decidingResults(shown).filter((result) => wordsOf(result) !== "");
  const rest = deciding.length - caps.results;
  const messages = deciding.slice(0, caps.results).map((result, index) => {
    const words = wordsOf(result);
    const about =
      result.codeDesc !== "" &&
      result.codeDesc.trim() !== words &&
      html`<p class="check">${cut(result.codeDesc, 500)}</p>`;
    const label = `${statusWords[shown.status]}: message ${index + 1} of ${shown.control.id}`;
    const room = Math.floor(caps.message / Math.min(deciding.length, caps.results));
    return html`${about}<pre tabindex="0" role="group" aria-label="${cut(label, 200)}">${cut(words, Math.max(200, room))}</pre>`;
  });
  const more =
    rest > 0 && html`<p class="more">${plural(rest, "more message")} in <a href="hdf.json">hdf.json</a>.</p>`;
  return html`${messages}${more}${tally(shown)}`;
}

function tally({ control, status }: Shown): Markup {
  const all = control.results.length;
  const failed = control.results.filter((result) => result.status === "failed").length;
  if (status !== "failed" || all < 2) return html``;
  return html`<p class="more">${failed} of ${plural(all, "check")} failed.</p>`;
}

function badge({ waiver }: Shown): Markup {
  return waiver === "none" ? html`` : html`<span class="badge">${waiverWords[waiver]}</span>`;
}

function waiverNote({ control, waiver, at }: Shown): Markup {
  if (control.waiver === undefined) return html``;
  const { justification, expires } = control.waiver;
  const days = daysLeft(control.waiver, at);
  const on = waiver === "expired" ? "on" : "until";
  const until = expires === "" ? ", without an end" : ` ${on} ${cut(expires, 60)}`;
  const left = waiver !== "expired" && days !== undefined && days >= 0 ? ` (${plural(days, "day")} left)` : "";
  return html`<p class="waiver"><b>${waiverWords[waiver]}</b>${until}${left}. ${cut(justification, caps.justification)}</p>`;
}

function asides(...passages: readonly (Markup | false)[]): Markup | false {
  return passages.some(Boolean) && html`<div class="asides">${passages}</div>`;
}

function passage(term: string, text: string): Markup | false {
  return text.trim() !== "" && html`<div class="passage"><h5>${term}</h5><p>${cut(text.trim(), caps.text)}</p></div>`;
}

function tags({ control, severity }: Shown): Markup {
  const lists = [
    ["Severity", [`${severityWords[severity]} (impact ${control.impact})`]],
    ["NIST 800-53", control.nist],
    ["CCI", control.cci],
    ["STIG", control.stigId === "" ? [] : [control.stigId]],
  ] as const;
  const items = lists
    .filter(([, values]) => values.length > 0)
    .map(
      ([term, values]) =>
        html`<div><dt>${term}</dt><dd>${cut(values.slice(0, caps.tags).join(", "), 1_000)}</dd></div>`,
    );
  return html`<dl class="tags">${items}</dl>`;
}
