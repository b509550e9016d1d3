import { execOnce } from "#reach/exec-once.ts";
import { type Case, requireTools } from "../case.ts";
import { agree, answers, holds, sameBytes } from "../check.ts";

const argumentSafe = Buffer.from(Array.from({ length: 255 }, (_, value) => value + 1));
const words = ["", "a b", "*", "$HOME", "$(id)", "`id`", "'", '"', "\\", "~", "-n", "é\n\t|&;<>"];

/** The command's text reaches the container's shell as it is, and only that shell reads it. */
export const text: readonly Case[] = [
  {
    id: "T15",
    title: "scripts of many lines, here-documents and odd endings run as `sh -c` runs them",
    why: "Wrapping a command in other text breaks at a trailing comment, `;`, backslash or newline.",
    run: (context) =>
      agree(context, [
        { command: "echo a\necho b\n", stdout: "a\nb\n" },
        { command: "cat <<X\nhere $((1+1))\nX", stdout: "here 2\n" },
        { command: "cat <<'X'\nhere $((1+1))\nX\n", stdout: "here $((1+1))\n" },
        { command: "echo a # a comment at the end", stdout: "a\n" },
        { command: "echo a;", stdout: "a\n" },
        { command: "echo a\\" },
        { command: "echo a \\\n b", stdout: "a b\n" },
        { command: "if true\nthen\n\techo yes\nfi", stdout: "yes\n" },
        { command: "\n\n  echo late  \n\n", stdout: "late\n" },
        { command: "{ echo x; } &&\necho y", stdout: "x\ny\n" },
      ]),
  },
  {
    id: "T15",
    title: "a command that ends with `&` gives all that its children wrote, as `sh -c` into a pipe does",
    why: "A session that stops listening at once loses output that every one-off exec returns.",
    run: async (context) => {
      requireTools(context, "sleep");
      await agree(context, [
        { command: "(sleep 0.3; echo late) &", stdout: "late\n", exitCode: 0 },
        {
          command: "echo early; (sleep 0.3; echo late; echo err >&2) & exit 3",
          stdout: "early\nlate\n",
          stderr: "err\n",
          exitCode: 3,
        },
      ]);
    },
  },
  {
    id: "T16",
    title: "nothing of a command appears in the output, and output that equals the command is kept",
    why: "Tools that filter the terminal's echo also filter files that hold the same line.",
    run: (context) =>
      agree(context, [
        { command: "echo 'echo hello'; echo hello", stdout: "echo hello\nhello\n" },
        { command: 'while IFS= read -r l||[ -n "$l" ];do printf \'%s\\n\' "$l";done </proc/$$/cmdline', exitCode: 0 },
        { command: "set -x; echo traced", stdout: "traced\n" },
        { command: "set -v\necho verbose", stdout: "verbose\n" },
      ]),
  },
  {
    id: "T17",
    title: "unbalanced quotes are the shell's own syntax error, at once",
    why: "In a shared shell they swallow the next command, or wait for ever.",
    run: async (context) => {
      const broken = ['echo "open', "echo 'open", "echo $(open", "if true", "echo `open", "cat <<X", "}", ";;", "("];
      await agree(
        context,
        broken.flatMap((command) => [{ command }, { command: "echo on", stdout: "on\n" }]),
      );
      const { stderr, exitCode } = await (await context.open()).run('echo "open');
      holds(exitCode !== 0 && stderr.length > 0, `exit code ${exitCode} and ${stderr.length} bytes of stderr`);
    },
  },
  ...[4, 128, 1024].map(
    (kibibytes): Case => ({
      id: "T18",
      title: `a command of ${kibibytes} KiB runs`,
      why: "Text in the URL or in argv ends at 8 KiB or 128 KiB, and an audit script is longer.",
      run: async (context) => {
        const frame = (filling: string) => `v='${filling}'; printf %s "$v"; exit 6`;
        const filling = "0123456789abcdef".repeat((kibibytes * 1024) / 16).slice(frame("").length);
        const command = frame(filling);
        holds(command.length === kibibytes * 1024, `the command has ${command.length} bytes`);
        const session = await context.open();
        await answers(session, { command, stdout: filling, exitCode: 6 });
        await answers(session, { command: "echo next", stdout: "next\n" });
      },
    }),
  ),
  {
    id: "T19",
    title: "every byte but NUL can stand in a command",
    why: "File names and search patterns are bytes, not text.",
    run: async (context) => {
      const session = await context.open();
      const quoted = Buffer.from(argumentSafe.toString("latin1").replaceAll("'", `'\\''`), "latin1");
      const command = Buffer.concat([Buffer.from("printf %s '"), quoted, Buffer.from("'")]);
      const { stdout, stderr, exitCode } = await session.run(command);
      sameBytes("every byte from 1 to 255", stdout, argumentSafe);
      sameBytes("stderr", stderr, "");
      holds(exitCode === 0, `exit code 0, got ${exitCode}`);
      await agree(context, [
        { command: "printf %s 'a\rb\x03\x04\x1a\x1b[A\x7f'", stdout: "a\rb\x03\x04\x1a\x1b[A\x7f" },
      ]);
    },
  },
  {
    id: "T23",
    title: "no shell on the scanner's side sees a command, and argv arrives word for word",
    why: "A local shell expands `*` and `~` on the wrong machine, and runs `$(…)` there.",
    run: async (context) => {
      await agree(context, [
        { command: "echo /etc/pass*d" },
        { command: "echo ~ $HOME" },
        { command: "echo $(cat /etc/passwd) | head -n 1" },
        { command: "echo `echo sub` \"$(echo 'a  b')\"", stdout: "sub a  b\n" },
        { command: "printf '%s|' \"it's\" 'say \"hi\"' a\\ b", stdout: 'it\'s|say "hi"|a b|' },
      ]);
      const argv = [context.shell, "-c", `printf '<%s>' "$@"`, "zero", ...words];
      const { stdout, exitCode } = await execOnce(context.connection, context.target, argv);
      sameBytes("argv", stdout, words.map((word) => `<${word}>`).join(""));
      holds(exitCode === 0, `exit code 0, got ${exitCode}`);
    },
  },
];
