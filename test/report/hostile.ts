import { control, documentOf, type Fields, profile, result } from "./documents.ts";

/** What somebody who owns the container, or wrote the profile, might put into any text. */
export const hostileTexts = [
  `</style><script>alert(1)</script>`,
  `"><img src=x onerror=alert(1)>`,
  `' onmouseover='alert(1)`,
  "` autofocus onfocus=alert(1) x=`",
  `<svg/onload=alert(1)>`,
  `</pre></details></main><iframe src="javascript:alert(1)"></iframe>`,
  `<!-- --><base href="https://evil.test/">`,
  `]]><?xml version="1.0"?><x xmlns="http://www.w3.org/1999/xhtml"/>`,
  "javascript:alert(1)",
  "&lt;script&gt;&amp;#39;",
  "\u202Etxt.exe\u2066hidden\u2069\u200B\u200D\uFEFF",
  "\u0000\u0007\u001B[31mred\u001B[0m\b\r\n\u0085\u2028\u2029",
  "\uD800 half \uDC00",
  "\uFFFE\u{1FFFF}\u{E0041}",
  `${"\u0301".repeat(300)}`,
  `${"W".repeat(3_000)}`,
  "${7*7} {{7*7}} <%= 7*7 %>",
];

/** A document that has `text` wherever a text can be. Each keeps an `x`, so that no part of the page is left out. */
export function documentFullOf(...texts: readonly string[]): Uint8Array {
  const controls = texts.flatMap((text) => controlsFullOf(`x${text}`));
  const about = { version: `x${texts[0]}`, title: `x${texts[0]}` };
  return documentOf([profile(`x${texts[0]}`, controls, about)], {
    platform: { name: `x${texts[0]}`, release: `x${texts[0]}` },
  });
}

function controlsFullOf(text: string): readonly Fields[] {
  const words = { message: text, code_desc: `about ${text}`, skip_message: text, exception: text, resource_id: text };
  const given = {
    title: text,
    desc: text,
    descriptions: ["check", "fix"].map((label) => ({ label, data: text })),
    tags: { nist: [text], cci: text, stig_id: text, severity: text, [text]: text },
    waiver_data: { justification: text, expiration_date: text, run: true },
  };
  return [
    control(`${text}-failed`, [result("failed", words)], given),
    control(`${text}-error`, [result("failed", { ...words, backtrace: [text] })], given),
    control(`${text}-skipped`, [result("skipped", words)], given),
    control(`${text}-passed`, [result("passed", words)], given),
    control(`${text}-none`, [result("skipped", words)], { ...given, impact: 0 }),
    control(`${text}-waived`, [], { ...given, waiver_data: { skipped_due_to_waiver: true, justification: text } }),
  ];
}
