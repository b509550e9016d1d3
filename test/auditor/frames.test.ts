import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeCompleted, encodeTimeout, type Frame, Nonsense, takeFrames } from "#audit/frames.ts";

function encode(header: unknown, body: Uint8Array = new Uint8Array()): Buffer {
  const text = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  return Buffer.concat([length, text, body]);
}

const bytes = fc.uint8Array({ maxLength: 200 });

test("frames are the same however the bytes arrive", () => {
  fc.assert(
    fc.property(
      fc.array(bytes, { maxLength: 8 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 50 })),
      (bodies, steps) => {
        const all = Buffer.concat(bodies.map((body) => encode({ type: "run", command: body.length }, body)));
        const seen: Frame[] = [];
        let rest: Buffer = Buffer.alloc(0);
        for (let at = 0; at < all.length; ) {
          const step = steps.next().value ?? 1;
          const taken = takeFrames(Buffer.concat([rest, all.subarray(at, at + step)]));
          seen.push(...taken.frames);
          rest = taken.rest;
          at += step;
        }
        expect(rest).toHaveLength(0);
        expect(seen.map((frame) => frame.type === "run" && Buffer.from(frame.command))).toEqual(
          bodies.map((b) => Buffer.from(b)),
        );
      },
    ),
  );
});

test("any bytes at all are frames, the beginning of one, or nonsense, and never anything else", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        bytes,
        fc.json().map((text) => encode(text)),
      ),
      (noise) => {
        try {
          takeFrames(Buffer.from(noise));
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(Nonsense);
        }
      },
    ),
  );
});

describe("what a hostile child could say is nonsense", () => {
  test.each([
    ["a header without end", Buffer.from([0xff, 0xff, 0xff, 0xff])],
    ["no JSON", encode("{")],
    ["no object", encode("[]")],
    ["an unknown type", encode({ type: "fetch" })],
    ["a command of negative length", encode({ type: "run", command: -1 })],
    ["a command too long for memory", encode({ type: "run", command: 2 ** 40 })],
    ["a timeout that is no number", encode({ type: "run", command: 0, timeoutMs: "1" })],
    ["a status of its own", encode({ type: "progress", control: "x", status: "great", done: 1, total: 1 })],
    [
      "a phase without end",
      encode({ type: "outcome", exitCode: 0, phases: { start: 1, load: 1, run: -1, report: 1 } }),
    ],
    ["a reason that is not its to give", encode({ type: "outcome", error: { code: "forbidden", message: "" } })],
  ])("%s", (_, sent) => {
    expect(() => takeFrames(sent)).toThrow(Nonsense);
  });
});

test("an answer carries both streams byte for byte behind a header that names their lengths", () => {
  fc.assert(
    fc.property(bytes, bytes, (stdout, stderr) => {
      const sent = Buffer.concat(encodeCompleted({ stdout, stderr, exitCode: 7, truncated: false, elapsedMs: 1 }));
      const headerEnd = 4 + sent.readUInt32BE(0);
      expect(JSON.parse(sent.toString("utf8", 4, headerEnd))).toEqual({
        exitCode: 7,
        stdout: stdout.length,
        stderr: stderr.length,
        truncated: false,
      });
      expect(sent.subarray(headerEnd)).toEqual(Buffer.concat([stdout, stderr]));
    }),
  );
});

test("a timeout is told as one", () => {
  const sent = Buffer.concat(encodeTimeout("too slow"));
  expect(JSON.parse(sent.toString("utf8", 4))).toEqual({
    error: { code: "timeout", message: "too slow", timeout: true },
  });
});
