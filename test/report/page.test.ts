import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anchorOf, anchors } from "#report/page/anchor.ts";
import { html } from "#report/page/markup.ts";
import { visible } from "#report/page/visible.ts";
import { buildReport } from "#report/report.ts";
import { context, control, documentOf, fixture, profile, result } from "./documents.ts";
import { documentFullOf, hostileTexts } from "./hostile.ts";

function pageOf(hdf: Uint8Array, given: Parameters<typeof context>[0] = {}): string {
  const page = buildReport(hdf, context(given)).files.find(({ name }) => name === "report.html");
  return new TextDecoder("utf-8", { fatal: true }).decode(page?.bytes);
}

/** The page's tags with their attribute names: what a text must never change. */
const skeleton = (page: string) => (page.match(/<[^>]*>/g) ?? []).map((tag) => tag.replaceAll(/"[^"]*"/g, '""'));

describe("hostile text", () => {
  const plain = skeleton(pageOf(documentFullOf("y")));

  it.each(hostileTexts.map((text) => [JSON.stringify(text).slice(0, 40), text]))("%s adds no tag", (_, text) => {
    expect(skeleton(pageOf(documentFullOf(text)))).toEqual(plain);
  });

  it("of any kind adds no tag", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
        expect(skeleton(pageOf(documentFullOf(`${text}z`)))).toEqual(plain);
      }),
      { numRuns: 100 },
    );
  }, 60_000);

  it("in the target's names is escaped too", () => {
    const target = { ...context().target, image: "<h6>", imageDigest: '"<i>', node: "<u>" };
    expect(pageOf(fixture("mixed"), { target })).not.toMatch(/<h6>|<i>|<u>/);
  });

  it("leaves no control or format character in the page", () => {
    expect(pageOf(documentFullOf(...hostileTexts))).not.toMatch(/[^\P{C}\n\t]/u);
  });
});

describe("what cannot be seen", () => {
  it.each([
    ["\u202E", "⟨U+202E⟩"],
    ["\u0000", "␀"],
    ["\u001B[1m", "␛[1m"],
    ["a\r\nb", "a␍\nb"],
    ["\u200B", "⟨U+200B⟩"],
    ["\uD83D", "�"],
    ["grüße 漢字 🙂", "grüße 漢字 🙂"],
    ["line\n\ttab", "line\n\ttab"],
  ])("%j reads %j", (text, seen) => {
    expect(visible(text)).toBe(seen);
  });
});

describe("an anchor", () => {
  it("is the control's id where that is harmless", () => {
    expect(anchorOf("SV-230221r858734_rule")).toBe("control-SV-230221r858734_rule");
  });

  it("is safe as an element id and in a link, and short, for any id", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), (id) => {
        expect(anchorOf(id)).toMatch(/^control-[A-Za-z0-9._~-]{0,200}$/);
      }),
    );
  });

  it("is never given twice, even for equal ids", () => {
    const ids = fc.array(fc.oneof(fc.constantFrom("a", "a~2", "a~~2", "A"), fc.string({ maxLength: 3 })));
    fc.assert(
      fc.property(ids, (some) => {
        const give = anchors();
        expect(new Set(some.map(give)).size).toBe(some.length);
      }),
    );
  });
});

describe("the page", () => {
  const page = pageOf(fixture("container-baseline"));

  it("allows its own style sheet and nothing else", () => {
    const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? "";
    const digest = createHash("sha256").update(style).digest("base64");
    expect(page).toContain(
      `content="default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'"`,
    );
  });

  it("has no script, no style attribute and nothing to load", () => {
    expect(page).not.toMatch(/<script|<link|<img|<iframe|\sstyle=|\son\w+=|url\(|@import/);
  });

  it("leads only to the files beside it and to its own sections", () => {
    const links = [...page.matchAll(/href="([^"]*)"/g)].map(([, href]) => href ?? "");
    const known =
      /^(#icon-|#to-|#passed|#not-applicable|(hdf|summary|manifest|attestation\.sigstore)\.json$|findings\.ndjson\.gz$)/;
    expect(links.filter((href) => !known.test(href))).toEqual([]);
  });

  it("does not carry the controls' code", () => {
    const code = `control "secret-code" do`;
    expect(pageOf(documentOf([profile("p", [control("c", [result("failed")], { code })])]))).not.toContain(
      "secret-code",
    );
  });

  it.each([
    ["failures", [result("failed")], "1 of 2 controls failed"],
    ["errors", [], "None failed, but 1 of 2 controls could not be decided"],
    ["what nobody reviewed", [result("skipped")], "None failed, and 1 of 2 controls need a person"],
    ["passes only", [result("passed")], "All 2 controls that apply passed"],
  ])("puts %s into the verdict line", (_, results, words) => {
    const two = [control("a", results), control("b", [result("passed")])];
    expect(pageOf(documentOf([profile("p", two)]))).toContain(`${words}</h1>`);
  });

  it("never calls an empty scan passed", () => {
    expect(pageOf(documentOf([profile("p", [])]))).toContain("Nothing was tested</h1>");
  });

  it("says how long a waiver holds, and that another has expired", () => {
    expect(pageOf(fixture("waived")).match(/<p class="waiver">[^.]*/g)).toEqual([
      '<p class="waiver"><b>Waiver: result accepted</b>, without an end',
      '<p class="waiver"><b>Waiver expired</b> on 2025-01-01',
      '<p class="waiver"><b>Waived, not run</b> until 2027-06-30 (218 days left)',
    ]);
  });

  it("stays below 150 KB under gzip for 183 controls with as much text as a STIG's", () => {
    expect(gzipSync(pageOf(stigSized())).length).toBeLessThan(150_000);
  });
});

/** As a real scan of 183 controls: 1.6 KB of descriptions each. Words are drawn, as equal texts would flatter gzip. */
function stigSized(): Uint8Array {
  let state = 1;
  const draw = (below: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  const words = Array.from({ length: 900 }, () =>
    Array.from({ length: 3 + draw(7) }, () => "etaoinshrdlu"[draw(12)]).join(""),
  );
  const text = (length: number) => Array.from({ length }, () => words[draw(900)]).join(" ");
  const controls = Array.from({ length: 183 }, (_, index) => {
    const descriptions = ["check", "fix"].map((label) => ({ label, data: text(90) }));
    const status = ["failed", "passed", "skipped"][index % 3];
    const given = { title: text(14), desc: text(80), descriptions, impact: [0.3, 0.5, 0.7][index % 3] };
    return control(`SV-2300${index}r6268_rule`, [result(status, { message: text(40), code_desc: text(15) })], given);
  });
  return documentOf([profile("stig", controls)]);
}

it("a template escapes text, attributes and lists alike", () => {
  const made = html`<p title="${'"<'}">${["<a>", html`<b>${"&"}</b>`]}${false}${undefined}${0}</p>`;
  expect(made.toString()).toBe('<p title="&quot;&lt;">&lt;a&gt;<b>&amp;</b>0</p>');
});
