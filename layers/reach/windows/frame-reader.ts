import { Kept } from "../kept.ts";
import type { Marks } from "../script.ts";
import type { Hearing, Reader } from "./dialect.ts";

/** A frame is 32 KiB of base64 and its head; what is longer without a newline is none of ours. */
const longestLine = 64 * 1024;
const isBase64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const isExit = /^(-?\d{1,10}) (\d+) (\d+)$/;

/**
 * Reads the frames of the PowerShell loop. Whatever a line holds before the mark, and every line without it, is somebody
 * else's and no output: the mark is random, new for each request, and no command is told it. An answer counts only if it
 * holds as many bytes as its last frame says.
 */
export class FrameReader implements Reader {
  readonly #capBytes: number;
  readonly #hearing: Hearing;
  readonly #expected: string[] = [];
  #rest: Buffer = Buffer.alloc(0);
  #stdout: Kept;
  #stderr: Kept;
  #counts = { o: 0, e: 0 };

  constructor(capBytes: number, hearing: Hearing) {
    this.#capBytes = capBytes;
    this.#hearing = hearing;
    this.#stdout = new Kept(capBytes);
    this.#stderr = new Kept(capBytes);
  }

  expect({ end }: Marks): void {
    this.#expected.push(end);
  }

  stdout(bytes: Uint8Array): void {
    let data = Buffer.concat([this.#rest, bytes]);
    for (let newline = data.indexOf(0x0a); newline >= 0; newline = data.indexOf(0x0a)) {
      this.#line(data.toString("latin1", 0, newline));
      data = data.subarray(newline + 1);
    }
    // Its end may be the beginning of a mark.
    this.#rest = Buffer.from(data.length > longestLine ? data.subarray(-64) : data);
  }

  /** The loop's own words: errors of PowerShell, or of who else has its stream. No command writes here. */
  stderr(): void {}

  #line(line: string): void {
    const [mark] = this.#expected;
    const at = mark === undefined ? -1 : line.indexOf(`${mark} `);
    if (mark === undefined || at < 0) return;
    const frame = line.slice(at + mark.length + 1).replace(/\r$/, "");
    const data = frame.slice(2);
    const kind = frame.slice(0, 2);
    if (kind === "p " || kind === "g ") this.#process(kind, data);
    else if (kind === "o " || kind === "e ") this.#output(kind === "o " ? "o" : "e", data);
    else if (kind === "x ") this.#exit(data);
    else this.#hearing.broken("a frame of an unknown kind");
  }

  #process(kind: "p " | "g ", data: string): void {
    if (/^\d{1,10}$/.test(data)) {
      this.#hearing.began(Number(data));
      if (kind === "g ") this.#end(0);
    } else this.#hearing.broken("a process without a number");
  }

  #output(stream: "o" | "e", data: string): void {
    if (isBase64.test(data)) {
      const bytes = Buffer.from(data, "base64");
      this.#counts[stream] += bytes.length;
      (stream === "o" ? this.#stdout : this.#stderr).take(bytes);
    } else this.#hearing.broken("a frame that is not base64");
  }

  #exit(data: string): void {
    const [, code = "", stdoutBytes, stderrBytes] = isExit.exec(data) ?? [];
    const { o, e } = this.#counts;
    if (code === "") this.#hearing.broken("an end without an exit code");
    else if (o === Number(stdoutBytes) && e === Number(stderrBytes)) this.#end(Number(code));
    else this.#hearing.broken(`${o} and ${e} bytes of output, where there were ${stdoutBytes} and ${stderrBytes}`);
  }

  #end(exitCode: number): void {
    const { bytes: stdout, truncated } = this.#stdout;
    const { bytes: stderr, truncated: cut } = this.#stderr;
    this.#expected.shift();
    this.#stdout = new Kept(this.#capBytes);
    this.#stderr = new Kept(this.#capBytes);
    this.#counts = { o: 0, e: 0 };
    this.#hearing.ended({ stdout, stderr, truncated: truncated || cut, exitCode });
  }
}
