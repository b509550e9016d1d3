import { printable } from "#cluster/status.ts";
import type { Case } from "../case.ts";
import { agree, answers, holds, sameBytes } from "../check.ts";

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, value) => value));
const octal = Array.from(everyByte, (byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
const sequences = "\\033[31mred\\033[0m \\033]0;title\\007 \\033[2J\\010\\007";

/** What a command wrote arrives as it wrote it, each stream by itself. */
export const streams: readonly Case[] = [
  {
    id: "T1",
    title: "stdout and stderr come back apart, whatever the exit status",
    why: "A terminal in the path merges them, and a check on stdout then reads warnings.",
    run: (context) =>
      agree(context, [
        { command: "echo out; echo err >&2", stdout: "out\n", stderr: "err\n", exitCode: 0 },
        { command: "echo out; echo err >&2; exit 3", stdout: "out\n", stderr: "err\n", exitCode: 3 },
        { command: "echo err >&2; exit 1", stdout: "", stderr: "err\n", exitCode: 1 },
        { command: "echo a; echo b >&2; echo c; echo d >&2", stdout: "a\nc\n", stderr: "b\nd\n", exitCode: 0 },
      ]),
  },
  {
    id: "T2",
    title: "what was printed before a non-zero exit stays",
    why: "`grep -c`, a partial `find` and `rpm -V` print their finding and exit with 1.",
    run: (context) =>
      agree(context, [
        { command: "echo 0; exit 1", stdout: "0\n", stderr: "", exitCode: 1 },
        { command: "grep -c no-such-line-anywhere /etc/passwd" },
        { command: "ls -d /etc /nonexistent" },
        { command: "echo found; false", stdout: "found\n", exitCode: 1 },
      ]),
  },
  {
    id: "T3",
    title: "all 256 byte values pass unchanged on both streams",
    why: "A decoder in the path changes binary files and their hashes.",
    run: (context) =>
      agree(context, [
        { command: `printf '${octal}'`, stdout: everyByte, stderr: "", exitCode: 0 },
        { command: `printf '${octal}' >&2`, stdout: "", stderr: everyByte, exitCode: 0 },
        {
          command: `printf '${octal}'; printf '${octal}' >&2; exit 7`,
          stdout: everyByte,
          stderr: everyByte,
          exitCode: 7,
        },
      ]),
  },
  {
    id: "T4",
    title: "blanks at the ends, a missing last newline and several of them are kept",
    why: "Trimmed output makes a file without its last newline equal to one with it.",
    run: (context) =>
      agree(context, [
        { command: "printf 'no newline'", stdout: "no newline" },
        { command: "printf '\\n\\n  between  \\n\\n\\n'", stdout: "\n\n  between  \n\n\n" },
        { command: "printf ' \\t '", stdout: " \t " },
        { command: "printf '\\n'", stdout: "\n" },
        { command: "printf ' x ' >&2; printf '\\n\\n'; exit 4", stdout: "\n\n", stderr: " x ", exitCode: 4 },
      ]),
  },
  {
    id: "T5",
    title: "CR, LF and CRLF are kept",
    why: "A terminal turns LF into CRLF, and cleaning that up breaks files that hold CRLF.",
    run: (context) =>
      agree(context, [
        { command: "printf 'a\\r\\nb\\nc\\rd\\r\\n'", stdout: "a\r\nb\nc\rd\r\n" },
        { command: "printf '\\r'; printf '\\r\\n' >&2", stdout: "\r", stderr: "\r\n" },
      ]),
  },
  {
    id: "T6",
    title: "escape sequences stay in the data and are taken out only for a terminal",
    why: "A configuration file may hold them; a message on a terminal must not.",
    run: async (context) => {
      const bytes = "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x1b[2J\b\x07";
      await agree(context, [{ command: `printf '${sequences}'`, stdout: bytes, stderr: "", exitCode: 0 }]);
      const { stdout } = await answers(await context.open(), { command: `printf '${sequences}'`, stdout: bytes });
      const line = printable(Buffer.from(stdout).toString());
      holds(/red.*title/.test(line) && ![...line].some((sign) => sign < " " || sign === "\x7f"), `printed as ${line}`);
      sameBytes("the data after printing", stdout, bytes);
    },
  },
];
