import type { Answered } from "./answers.ts";
import type { PhasesMs, ProgressEvent } from "./job.ts";

/** The largest header, in bytes of JSON. */
const maxHeaderBytes = 65_536;
/** The largest command, in bytes. Linux itself takes no argument above 128 KiB; here-documents may be longer. */
const maxCommandBytes = 8 * 1024 * 1024;

/** Reasons that the child may give by itself. All others are Node's to tell. */
const childCodes = ["profile-invalid", "profile-mismatch", "auditor-crashed", "too-large", "no-shell"] as const;
export type ChildCode = (typeof childCodes)[number];

/** How a scan ended, in the child's words. */
export type Outcome =
  | { readonly exitCode: number; readonly older: boolean; readonly phases?: PhasesMs }
  | { readonly error: { readonly code: ChildCode; readonly message: string } };

/** What a child says. */
export type Frame =
  | { readonly type: "run"; readonly command: Uint8Array; readonly timeoutMs: number | undefined }
  | { readonly type: "progress"; readonly event: ProgressEvent }
  | { readonly type: "outcome"; readonly outcome: Outcome };

/** The child does not keep to the protocol. */
export class Nonsense extends Error {}

/** Takes the frames off the front of `bytes`; gives them and what is left. Throws Nonsense. */
export function takeFrames(bytes: Buffer): { readonly frames: readonly Frame[]; readonly rest: Buffer } {
  const frames: Frame[] = [];
  let rest = bytes;
  while (rest.length >= 4) {
    const headerLength = rest.readUInt32BE(0);
    if (headerLength > maxHeaderBytes) throw new Nonsense(`a header of ${headerLength} bytes`);
    if (rest.length < 4 + headerLength) break;
    const header = parseHeader(rest.toString("utf8", 4, 4 + headerLength));
    const bodyLength = bodyLengthOf(header);
    const end = 4 + headerLength + bodyLength;
    if (rest.length < end) break;
    frames.push(frameOf(header, rest.subarray(4 + headerLength, end)));
    rest = rest.subarray(end);
  }
  return { frames, rest };
}

/** The answer to `run`: a header, then standard output and standard error as they are. */
export function encodeCompleted(answered: Answered): readonly Uint8Array[] {
  const { exitCode, stdout, stderr, truncated, invented } = answered;
  const header = { exitCode, stdout: stdout.length, stderr: stderr.length, truncated, invented };
  return [encodeHeader(header), stdout, stderr];
}

/** The answer to a command that ran out of its own time. */
export function encodeTimeout(message: string): readonly Uint8Array[] {
  return [encodeHeader({ error: { code: "timeout", message: message.slice(0, 1024), timeout: true } })];
}

/** The answer to a command that cannot be asked in this target: its checks are skipped. */
export function encodeNotAsked(message: string): readonly Uint8Array[] {
  return [encodeHeader({ error: { code: "no-shell", message: message.slice(0, 1024), notAsked: true } })];
}

function encodeHeader(header: object): Uint8Array {
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  return Buffer.concat([length, text]);
}

type Header = Readonly<Record<string, unknown>>;

function parseHeader(text: string): Header {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    throw new Nonsense("a header that is not JSON");
  }
  if (!isRecord(header)) throw new Nonsense("a header that is not an object");
  return header;
}

function bodyLengthOf(header: Header): number {
  if (header.type !== "run") return 0;
  const length = count(header.command, "command");
  if (length > maxCommandBytes) throw new Nonsense(`a command of ${length} bytes`);
  return length;
}

function frameOf(header: Header, body: Uint8Array): Frame {
  switch (header.type) {
    case "run":
      return {
        type: "run",
        command: body,
        timeoutMs: header.timeoutMs === undefined ? undefined : count(header.timeoutMs, "timeoutMs"),
      };
    case "progress":
      return { type: "progress", event: progressOf(header) };
    case "outcome":
      return { type: "outcome", outcome: outcomeOf(header) };
    default:
      throw new Nonsense("a frame of an unknown type");
  }
}

function progressOf({ control, status, done, total }: Header): ProgressEvent {
  if (typeof control !== "string") throw new Nonsense("progress without a control");
  if (status !== "passed" && status !== "failed" && status !== "skipped") throw new Nonsense("an unknown status");
  return { control, status, done: count(done, "done"), total: count(total, "total") };
}

function outcomeOf({ exitCode, older, phases, error }: Header): Outcome {
  if (error === undefined) {
    const told = { exitCode: count(exitCode, "exitCode"), older: older === true };
    return isRecord(phases) ? { ...told, phases: phasesOf(phases) } : told;
  }
  if (!isRecord(error) || typeof error.message !== "string") throw new Nonsense("an error without a message");
  const code = childCodes.find((known) => known === error.code);
  if (code === undefined) throw new Nonsense("an error of an unknown code");
  return { error: { code, message: error.message } };
}

function phasesOf({ start, load, run, report }: Header): PhasesMs {
  return {
    start: count(start, "start"),
    load: count(load, "load"),
    run: count(run, "run"),
    report: count(report, "report"),
  };
}

function count(value: unknown, what: string): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new Nonsense(`${what} that is not a count`);
}

function isRecord(value: unknown): value is Header {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
