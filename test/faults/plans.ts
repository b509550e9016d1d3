import type { Recording } from "./recording.ts";
import type { Plan } from "./replay.ts";
import { closing, headEnd, opcodes, readFrames, writeFrame } from "./wire.ts";

/** The bytes come in two pieces, the second after the first was read. */
export function splitAt(offset: number): Plan {
  return { pieces: (bytes, from) => cutAt(bytes, offset - from), after: "stay" };
}

/** Nothing comes from this offset on, and the connection ends or breaks. */
export function cutOff(offset: number, after: "end" | "destroy"): Plan {
  return { pieces: (bytes, from) => [bytes.subarray(0, offset - from)], stopAt: offset, after };
}

/** Every byte comes alone. */
export function byteByByte(size = 1): Plan {
  return { pieces: (bytes) => chunks(bytes, size), after: "stay" };
}

/** The message that holds this offset comes as two messages on its channel, or as two fragments of one. */
export function messageSplitAt(offset: number, how: "messages" | "fragments"): Plan {
  return {
    after: "stay",
    pieces: (bytes, from) =>
      reframed(bytes, from, (payload, start, end) => {
        const inside = payload.length - (end - (offset - from));
        if (offset - from <= start || offset - from >= end || inside <= 1) return [writeFrame(opcodes.binary, payload)];
        return parts(payload, inside, how);
      }),
  };
}

/** Every message is cut into messages or fragments of so many bytes of payload. */
export function smallMessages(size: number, how: "messages" | "fragments"): Plan {
  return {
    after: "stay",
    pieces: (bytes, from) =>
      reframed(bytes, from, (payload) => {
        if (how === "fragments") {
          const all = chunks(payload, size);
          return all.map((part, at) => {
            const opcode = at === 0 ? opcodes.binary : opcodes.continuation;
            return writeFrame(opcode, part, at === all.length - 1);
          });
        }
        const channel = payload.subarray(0, 1);
        return chunks(payload.subarray(1), size).map((part) =>
          writeFrame(opcodes.binary, Buffer.concat([channel, part])),
        );
      }),
  };
}

/** Standard output and error keep their own order each, but come mixed as `next` (0 to below 1) says. */
export function mixedChannels(next: () => number): Plan {
  return {
    after: "stay",
    pieces: (bytes, from) => {
      const start = from === 0 ? headEnd(bytes) : 0;
      const frames = readFrames(bytes, start).map(({ start: at, end, payload }) => ({
        channel: payload[0],
        whole: bytes.subarray(at, end),
      }));
      const byChannel = [...Map.groupBy(frames, ({ channel }) => channel).values()].map((each) => [...each]);
      const mixed = [bytes.subarray(0, start)];
      while (byChannel.some((each) => each.length > 0)) {
        const left = byChannel.filter((each) => each.length > 0);
        const frame = left[Math.floor(next() * left.length)]?.shift();
        if (frame !== undefined) mixed.push(frame.whole);
      }
      return mixed.filter((each) => each.length > 0);
    },
  };
}

const success = Buffer.from('{"metadata":{},"status":"Success"}');
const statusFrame = (text: Uint8Array = success) => writeFrame(opcodes.binary, Buffer.concat([Uint8Array.of(3), text]));

/** Ways in which a server may end a session that it should not have ended. */
export const endings: Readonly<Record<string, readonly Buffer[]>> = {
  "nothing, 1006": [],
  "close 1000 without status": [closing(1000)],
  "close without code and status": [closing()],
  "close 1001, going away": [closing(1001)],
  "close 1011, internal error": [closing(1011)],
  "success and close 1000": [statusFrame(), closing(1000)],
  "success and no close": [statusFrame()],
  "success and an empty close": [statusFrame(), closing()],
  "two statuses and close 1000": [statusFrame(), statusFrame(Buffer.from("{}")), closing(1000)],
  "a status that is not JSON": [statusFrame(Buffer.from("command terminated with exit code 0")), closing(1000)],
  "a channel that does not exist": [writeFrame(opcodes.binary, Uint8Array.of(9, 1, 2))],
  "an empty message": [writeFrame(opcodes.binary, new Uint8Array())],
  "a reserved opcode": [Buffer.of(0x83, 0)],
  "a masked frame": [Buffer.of(0x82, 0x82, 1, 2, 3, 4, 5, 6)],
  "a text message": [writeFrame(1, Buffer.from("\u0001hello"))],
};

/** The recording up to a frame's end, and then one of the endings. */
export function endedAt(offset: number, ending: readonly Buffer[]): Plan {
  return {
    after: "end",
    stopAt: offset,
    pieces: (bytes, from) => [bytes.subarray(0, offset - from), ...(offset <= from + bytes.length ? ending : [])],
  };
}

/** Offsets at which a whole number of frames has been sent, after the greeting. */
export function frameEnds({ server, greetingEnd }: Recording): readonly number[] {
  return readFrames(server, headEnd(server))
    .map(({ end }) => end)
    .filter((end) => end > greetingEnd && end < server.length);
}

function cutAt(bytes: Buffer, at: number): readonly Buffer[] {
  return at <= 0 || at >= bytes.length ? [bytes] : [bytes.subarray(0, at), bytes.subarray(at)];
}

function chunks(bytes: Buffer, size: number): readonly Buffer[] {
  const all: Buffer[] = [];
  for (let start = 0; start < bytes.length; start += size) all.push(bytes.subarray(start, start + size));
  return all;
}

function parts(payload: Buffer, at: number, how: "messages" | "fragments"): readonly Buffer[] {
  const [head, tail] = [payload.subarray(0, at), payload.subarray(at)];
  if (how === "fragments") return [writeFrame(opcodes.binary, head, false), writeFrame(opcodes.continuation, tail)];
  const channel = payload.subarray(0, 1);
  return [writeFrame(opcodes.binary, head), writeFrame(opcodes.binary, Buffer.concat([channel, tail]))];
}

function reframed(
  bytes: Buffer,
  from: number,
  frame: (payload: Buffer, start: number, end: number) => readonly Buffer[],
): readonly Buffer[] {
  const start = from === 0 ? headEnd(bytes) : 0;
  const frames = readFrames(bytes, start).flatMap(({ payload, start: at, end, opcode }) =>
    opcode === opcodes.binary && payload.length > 1 ? frame(payload, at, end) : [bytes.subarray(at, end)],
  );
  return [bytes.subarray(0, start), ...frames].filter((each) => each.length > 0);
}
