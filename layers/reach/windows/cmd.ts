import { detectionByCmd, windowsDetection } from "#commands/windows.ts";
import { ScanError } from "#contract/errors.ts";
import { MarkedStream } from "../marked-stream.ts";
import type { Marks } from "../script.ts";
import type { Dialect, Hearing, Reader } from "./dialect.ts";

/** The longest line that cmd.exe takes (learn.microsoft.com, "Command prompt line string limitation"). */
const longestLine = 8191;

/** All that has a meaning to cmd outside quotes. A caret takes it away, also from a quote and from `%` on a command line. */
const meaning = /["^&|<>()%!]/g;

/**
 * A command as a cmd.exe of its own gets it, through the one that reads our lines: that one sees no quote and no variable,
 * and hands on the text between the outermost quotes as it is (`/s`).
 */
const handedOn = (command: string) => `cmd.exe /d /s /c ${`"${command}"`.replaceAll(meaning, "^$&")} <nul`;

/** Said by itself, as a word behind `echo` may be a number, which `>` would take for a stream. */
const sayBoth = (mark: string, note = "") => `echo ${mark}${note}\r\n>&2 echo ${mark}\r\n`;

/**
 * What cmd is to run: what stands behind a call of cmd itself, read once as there and not twice, or Train's detection by
 * Windows' own programs, which means the same to cmd. Undefined for what is PowerShell.
 */
function forCmd(text: string): string | undefined {
  const [, asked] = /^cmd(?:\.exe)?\s+\/c\s+(.*)$/is.exec(text) ?? [];
  // Its rule for quotes (`cmd /?`): the first and the last go.
  if (asked !== undefined) return asked.replace(/^"(.*)"/s, "$1");
  return [...windowsDetection, ...detectionByCmd].includes(text) ? text : undefined;
}

/**
 * cmd.exe alone, as nanoserver has it. Commands of profiles for Windows are PowerShell, and cmd would answer them with "not
 * recognized", which is no verdict: all but calls of cmd is not asked. Marks as on POSIX, since nothing here knows base64.
 */
export const cmd: Dialect = {
  speaks: "cmd",
  opening: Buffer.from("chcp 65001>nul\r\n"),
  nothing: ({ begin, end }) => Buffer.from(`${sayBoth(begin)}${sayBoth(end, " 0")}`),
  line(command, { begin, end }, stdin) {
    const text = forCmd(Buffer.from(command).toString("utf8"));
    if (text === undefined) throw new ScanError("no-shell", "the container has no PowerShell, and this is asked by it");
    if (stdin !== undefined) throw new ScanError("no-shell", "cmd.exe alone cannot give a command standard input");
    if (/[\r\n\0]/.test(text)) throw new ScanError("no-shell", "cmd.exe alone takes one line");
    const line = handedOn(text);
    if (line.length > longestLine) throw new ScanError("too-large", `cmd.exe takes ${longestLine} characters a line`);
    return Buffer.from(`${sayBoth(begin)}${line}\r\n${sayBoth(end, " %errorlevel%")}`);
  },
  reader: (capBytes, hearing) => new CmdReader(capBytes, hearing),
};

/** The two streams of a cmd that reads our lines, cut at the marks. */
class CmdReader implements Reader {
  readonly #stdout: MarkedStream;
  readonly #stderr: MarkedStream;
  readonly #hearing: Hearing;

  constructor(capBytes: number, hearing: Hearing) {
    this.#hearing = hearing;
    this.#stdout = new MarkedStream(capBytes);
    this.#stderr = new MarkedStream(capBytes);
  }

  expect({ begin, end }: Marks): void {
    const parts: { stdout?: Uint8Array; stderr?: Uint8Array; code?: string; truncated: boolean } = { truncated: false };
    const settle = () => {
      const { stdout, stderr, code = "", truncated } = parts;
      if (stdout === undefined || stderr === undefined) return;
      if (!/^-?\d{1,10}$/.test(code)) this.#hearing.broken("an end without an exit code");
      else this.#hearing.ended({ stdout, stderr, truncated, exitCode: Number(code) });
    };
    this.#stdout.expect({
      ...{ begin, end, begun: () => undefined },
      done: ({ bytes, truncated, note }) => {
        Object.assign(parts, { stdout: bytes, code: note, truncated: parts.truncated || truncated });
        settle();
        return false;
      },
    });
    this.#stderr.expect({
      ...{ begin, end, begun: () => undefined },
      done: ({ bytes, truncated }) => {
        Object.assign(parts, { stderr: bytes, truncated: parts.truncated || truncated });
        settle();
        return false;
      },
    });
  }

  stdout(bytes: Uint8Array): void {
    this.#stdout.push(bytes);
  }

  stderr(bytes: Uint8Array): void {
    this.#stderr.push(bytes);
  }
}
