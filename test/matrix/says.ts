import type { Outcome } from "#contract/outcome.ts";
import type { Summary } from "#contract/summary.ts";
import { wayWords } from "#report/page/words.ts";

/** Of longer words the beginning, which says who speaks, and the end, where runtimes put the cause. */
const longest = { begin: 90, end: 130 };

/** What a user reads about how the target was looked at, or why it was not; the same on each run. */
export function saysOf(outcome: Outcome, summary: Summary | undefined): string {
  const said = summary === undefined ? outcome.message : summary.wayReasons.join(" ") || wayWords[summary.way];
  const subject = `${outcome.subject}: `;
  return shortened(withoutChance(said.startsWith(subject) ? said.slice(subject.length) : said));
}

/** Without what is another on each run: ids, ports and the names that are made up for it. */
function withoutChance(text: string): string {
  return text
    .replaceAll(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "…")
    .replaceAll(/\b[0-9a-f]{10,64}\b/g, "…")
    .replaceAll(/(127\.0\.0\.\d)(:| port )\d+/g, "$1")
    .replaceAll(/ after \d+\.\d s/g, "")
    .replaceAll(/\/tmp\/\S+/g, "the archive")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "…");
}

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  if (line.length <= longest.begin + longest.end) return line;
  const begin = line.slice(0, longest.begin).replace(/\s\S*$/, "");
  return `${begin} … ${line.slice(-longest.end).replace(/^\S*\s/, "")}`;
}
