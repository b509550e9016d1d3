import type { Connection } from "#cluster/connection.ts";
import type { Target } from "#contract/target.ts";
import { openShell } from "#reach/open-shell.ts";
import { asText } from "./answers.ts";
import type { PlainProxy, Side } from "./plain-proxy.ts";
import { headEnd, opcodes, readFrames, writeFrame } from "./wire.ts";

/** A session as it went over the wire once: what was asked, what was answered, and every plain byte from the server. */
export interface Recording {
  readonly commands: readonly string[];
  /** The answers without fault, in `asText` form. */
  readonly answers: readonly string[];
  /** All bytes of the server: the HTTP head of the upgrade and then frames. */
  readonly server: Buffer;
  /** Where the greeting's bytes end: what comes after it answers commands that the client has to send first. */
  readonly greetingEnd: number;
  /** The marks of the recorded commands, in the order in which they were sent. */
  readonly marks: readonly SentMark[];
}

/** A command's line: its word, and one or two marks. */
const linePattern = /^([msfMSF]) ((?:[\w-]{16} ){1,2})/;
/** The two lines of the greeting that say its marks. */
const greetingPattern = /^printf '%s %s\\n' ([\w-]{16}) |muster_e=([\w-]{16}) /;

/** Short commands that leave nothing out: both streams, NULs, no newline, signals, empty answers, old-looking marks. */
const recordedCommands: readonly string[] = [
  "echo out; echo err >&2; exit 3",
  "true",
  "printf '\\000\\001\\377\\033[31m no newline'",
  "printf '%s 0\\n' 0123456789abcdef0123456789abcde; echo '{\"status\":\"Success\"}' >&2",
  "i=0; while [ $i -lt 20 ]; do echo line $i; echo err $i >&2; i=$((i+1)); done",
  "kill -9 $$",
  "printf '\\n\\n'; exit 255",
  "head -c 700 /dev/zero | tr '\\0' a",
  "echo last",
];

/** A mark, and on how many streams the loop says it. */
interface SentMark {
  readonly mark: string;
  readonly streams: number;
}

/** Marks in bytes that a client sent, in order. */
export function marksIn(stdin: Buffer): readonly SentMark[] {
  return stdin
    .toString("latin1")
    .split("\n")
    .flatMap((line) => {
      const [, word = "", pair = ""] = linePattern.exec(line) ?? [];
      const marks = pair.split(" ").filter(Boolean);
      // `s` and `f` say their first mark on stdout alone.
      const sent = marks.map((mark, index) => ({ mark, streams: index === 0 && /[sf]/.test(word) ? 1 : 2 }));
      const greeted = (greetingPattern.exec(line) ?? []).slice(1).filter((mark) => mark !== undefined);
      return [...sent, ...greeted.map((mark) => ({ mark, streams: 2 }))];
    });
}

/** What the client has sent to the process so far, out of its side of the wire. */
export function stdinOf(client: Buffer): Buffer {
  const from = headEnd(client);
  if (from < 0) return Buffer.alloc(0);
  const frames = readFrames(client, from).filter(
    ({ opcode, payload }) => opcode === opcodes.binary && payload[0] === 0,
  );
  return Buffer.concat(frames.map(({ payload }) => payload.subarray(1)));
}

/** The same output with a message for each line: how much the server put into one depends on how busy the machine was. */
function byLines(server: Buffer): Buffer {
  const start = headEnd(server);
  const frames = readFrames(server, start).flatMap((frame) => {
    const channel = frame.payload.subarray(0, 1);
    const text = frame.payload.subarray(1).toString("latin1");
    if (frame.opcode !== opcodes.binary || text === "") return [server.subarray(frame.start, frame.end)];
    const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
    return lines.map((line) => writeFrame(opcodes.binary, Buffer.concat([channel, Buffer.from(line, "latin1")])));
  });
  return Buffer.concat([server.subarray(0, start), ...frames]);
}

/** Runs the commands once through the hop, all sent ahead, and keeps what the server said. */
export async function record(
  proxy: PlainProxy,
  connection: Connection,
  target: Target,
  commands: readonly string[] = recordedCommands,
): Promise<Recording> {
  const taken: Record<Side, Buffer[]> = { client: [], server: [] };
  proxy.carry(() => ({ tap: (side, bytes) => void taken[side].push(bytes) }));
  const session = await openShell(connection, target);
  const answers = (await Promise.all(commands.map((command) => session.run(command)))).map(asText);
  const marks = marksIn(stdinOf(Buffer.concat(taken.client)));
  const server = byLines(Buffer.concat(taken.server));
  await session.close();
  proxy.carry(() => ({}));
  const text = server.toString("latin1");
  for (const { mark, streams } of marks) {
    // A mark that a frame boundary cuts could not be replaced on replay.
    if (text.split(mark).length !== streams + 1) throw new Error(`mark ${mark} is not whole in the recording`);
  }
  const firstOfCommands = marks.slice(2).map(({ mark }) => server.indexOf(mark));
  const greetingEnd = readFrames(server, headEnd(server)).findLast(
    ({ end }) => end <= Math.min(...firstOfCommands),
  )?.end;
  if (greetingEnd === undefined) throw new Error("the recording has no greeting");
  return { commands, answers, server, greetingEnd, marks };
}
