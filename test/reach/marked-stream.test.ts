import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MarkedStream } from "#reach/marked-stream.ts";

const marks = { begin: "b".repeat(8), end: "e".repeat(8) };
const capBytes = 1024;

function cut(pieces: readonly Uint8Array[], cap = capBytes) {
  const stream = new MarkedStream(cap);
  const found: { note: string; text: string; truncated: boolean; begun: string }[] = [];
  for (let index = 0; index < 3; index += 1) {
    let begun = "";
    stream.expect({
      begin: `${marks.begin}${index}`,
      end: `${marks.end}${index}`,
      begun: (note) => {
        begun = note;
      },
      done: (marked) => {
        const text = Buffer.from(marked.bytes).toString("latin1");
        found.push({ note: marked.note, text, truncated: marked.truncated, begun });
        return false;
      },
    });
  }
  for (const piece of pieces) stream.push(piece);
  return { found, late: stream.lateBytes, partial: Buffer.from(stream.rest().bytes).toString("latin1") };
}

const answer = (index: number, output: string, status = "0", late = "") =>
  `${late}${marks.begin}${index} 17\n${output}${marks.end}${index} ${status}\n`;

describe("a marked stream", () => {
  it("gives the same outputs however the bytes are cut into pieces", () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 60 }), { minLength: 3, maxLength: 3 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 30 }),
        (outputs, sizes) => {
          const texts = outputs.map((bytes) => Buffer.from(bytes).toString("latin1"));
          const whole = Buffer.from(texts.map((text, index) => answer(index, text, String(index))).join(""), "latin1");
          const pieces: Uint8Array[] = [];
          for (let at = 0, turn = 0; at < whole.length; turn += 1) {
            const size = sizes[turn % sizes.length] ?? 1;
            pieces.push(whole.subarray(at, at + size));
            at += size;
          }
          expect(cut(pieces).found.map(({ text, note, begun }) => ({ text, note, begun }))).toEqual(
            texts.map((text, index) => ({ text, note: String(index), begun: "17" })),
          );
        },
      ),
    );
  });

  it("keeps what arrives between two commands out of both", () => {
    const { found, late } = cut([Buffer.from(answer(0, "one") + answer(1, "two", "3", "left by a child"))]);
    expect(found.map(({ text }) => text)).toEqual(["one", "two"]);
    expect(late).toBe("left by a child".length);
  });

  it("does not take another command's mark for its own end", () => {
    const { found } = cut([Buffer.from(answer(0, `${marks.end}1 0\n${marks.begin}1 9\n`))]);
    expect(found).toEqual([{ text: `${marks.end}1 0\n${marks.begin}1 9\n`, note: "0", truncated: false, begun: "17" }]);
  });

  it("throws away what is over the cap, and says so", () => {
    const { found } = cut([Buffer.from(answer(0, "x".repeat(50)) + answer(1, "y"))], 20);
    expect(found[0]).toMatchObject({ text: "x".repeat(20), truncated: true });
    expect(found[1]).toMatchObject({ text: "y", truncated: false });
  });

  it("tells what the running command has written so far, but for what may be the start of a mark", () => {
    const { partial } = cut([Buffer.from(`${marks.begin}0 17\nhalf of it, and some more`)]);
    expect("half of it, and some more".startsWith(partial)).toBe(true);
    expect(partial.length).toBeGreaterThan(10);
  });
});
