import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { freshMarks } from "#reach/command.ts";
import type { Said } from "#reach/windows/dialect.ts";
import { FrameReader } from "#reach/windows/frame-reader.ts";

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

/** A reader that expects the answers to some requests, and what it told. */
function reading(requests = 1, capBytes = 1_000_000) {
  const marks = Array.from({ length: requests }, freshMarks);
  const said: Said[] = [];
  const broken: string[] = [];
  const began: number[] = [];
  const reader = new FrameReader(capBytes, {
    began: (pid) => began.push(pid),
    ended: (each) => said.push(each),
    broken: (why) => broken.push(why),
  });
  for (const each of marks) reader.expect(each);
  const hear = (data: string | Uint8Array) => reader.stdout(Buffer.from(data));
  return { hear, said, broken, began, marks: marks.map(({ end }) => end) };
}

const framesOf = (mark: string, stdout: Uint8Array, stderr: Uint8Array, code: number) =>
  `${mark} p 12\n${mark} o ${base64(stdout)}\n${mark} e ${base64(stderr)}\n${mark} x ${code} ${stdout.length} ${stderr.length}\n`;

describe("frames", () => {
  it("are the same however the stream is cut", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), fc.array(fc.nat(200), { maxLength: 20 }), (out, err, cuts) => {
        const { hear, said, marks } = reading();
        const bytes = Buffer.from(framesOf(marks[0] ?? "", out, err, 259));
        let at = 0;
        for (const length of [...cuts, bytes.length]) {
          hear(bytes.subarray(at, at + length));
          at = Math.min(bytes.length, at + length);
        }
        expect(said.map(({ stdout, stderr, exitCode }) => [base64(stdout), base64(stderr), exitCode])).toEqual([
          [base64(out), base64(err), 259],
        ]);
      }),
    );
  });

  it("may end with CRLF", () => {
    const { hear, said, marks } = reading();
    hear(framesOf(marks[0] ?? "", Buffer.from("a"), Buffer.from(""), 0).replaceAll("\n", "\r\n"));
    expect(said.map(({ stdout }) => text(stdout))).toEqual(["a"]);
  });

  it.each([0, 259, 3_221_225_477, -1, -1_073_741_819])("keep exit code %d as it is said", (code) => {
    const { hear, said, marks } = reading();
    hear(`${marks[0]} x ${code} 0 0\n`);
    expect(said.map(({ exitCode }) => exitCode)).toEqual([code]);
  });

  it("go to their requests in order", () => {
    const { hear, said, marks } = reading(3);
    for (const [index, mark] of marks.entries()) hear(framesOf(mark, Buffer.from(`${index}`), Buffer.from(""), index));
    expect(said.map(({ stdout, exitCode }) => [text(stdout), exitCode])).toEqual([
      ["0", 0],
      ["1", 1],
      ["2", 2],
    ]);
  });

  it("are kept up to the cap, and that is told", () => {
    const { hear, said, marks } = reading(1, 3);
    hear(framesOf(marks[0] ?? "", Buffer.from("abcdef"), Buffer.from("xy"), 0));
    expect(said.map(({ stdout, stderr, truncated }) => [text(stdout), text(stderr), truncated])).toEqual([
      ["abc", "xy", true],
    ]);
  });
});

describe("what somebody else writes into the stream", () => {
  it("is no output and no end, with whatever mark it guesses", () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (noise) => {
        const { hear, said, broken, marks } = reading();
        const [mark = ""] = marks;
        for (const each of noise) hear(`${each} x 0 0 0\n${each} o QUFB\n`);
        hear(framesOf(mark, Buffer.from("true"), Buffer.from(""), 3));
        expect({ said: said.map(({ stdout }) => text(stdout)), broken }).toEqual({ said: ["true"], broken: [] });
      }),
    );
  });

  it("may stand before a frame on its line, and swallows none", () => {
    const { hear, said, marks } = reading();
    hear(`half a line${marks[0]} x 5 0 0\n`);
    expect(said.map(({ exitCode }) => exitCode)).toEqual([5]);
  });

  it("may be long without an end, and swallows none", () => {
    const { hear, said, marks } = reading();
    for (let piece = 0; piece < 100; piece += 1) hear("x".repeat(10_000));
    hear(`${marks[0]} x 5 0 0\n`);
    expect(said.map(({ exitCode }) => exitCode)).toEqual([5]);
  });

  it("breaks the answer that it stands in, and never shortens it", () => {
    const cases = (mark: string) => [
      `${mark} o QU!!FB\n`,
      `${mark} o QUFB\n${mark} x 0 4 0\n`,
      `${mark} x 0 1 0\n`,
      `${mark} x ten 0 0\n`,
      `${mark} p none\n`,
      `${mark} y 0\n`,
    ];
    for (const index of cases("").keys()) {
      const { hear, said, broken, marks } = reading();
      hear(cases(marks[0] ?? "")[index] ?? "");
      expect({ index, said: said.length, broken: broken.length }).toEqual({ index, said: 0, broken: 1 });
    }
  });
});

it("a stream that ends early has answered nothing", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (out, share) => {
      const { hear, said, marks } = reading();
      const bytes = Buffer.from(framesOf(marks[0] ?? "", out, Buffer.from("err"), 0));
      hear(bytes.subarray(0, Math.floor(bytes.length * share)));
      expect(said).toEqual([]);
    }),
  );
});
