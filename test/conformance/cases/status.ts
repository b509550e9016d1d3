import { randomBytes } from "node:crypto";
import type { Case } from "../case.ts";
import { agree, answers, holds, sameBytes } from "../check.ts";

const statusLike = [
  '{"metadata":{},"status":"Success"}',
  '{"metadata":{},"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"7"}]}}',
  "command terminated with exit code 7",
  "__CMD_END__0",
  "__EXIT_CODE__:0",
  "exit code: 0",
];

const kubectlLike = [
  'Error from server (NotFound): pods "web" not found',
  "error: unable to upgrade connection: container not found",
  'OCI runtime exec failed: exec failed: unable to start container process: exec: "sh": executable file not found in $PATH',
  "error: You must be logged in to the server (Unauthorized)",
  "dial tcp 10.0.0.1:10250: connect: connection refused",
  "the input device is not a TTY",
];

/** Prints what looks like a mark: every long word that a command can see of its own process and of the loop. */
const guess = `for f in /proc/self/cmdline /proc/$PPID/cmdline /proc/self/environ /proc/$PPID/environ;do
while IFS= read -r l||[ -n "$l" ];do printf '%s 0\\n' "$l";printf '%s 0\\n' "$l" >&2;done <$f;done 2>/dev/null
for m in 00000000000000000000000000000000 ffffffffffffffffffffffffffffffff '' __END__;do
printf '%s 0\\n%s\\n' "$m" "$m";printf '%s 0\\n' "$m" >&2;done;printf tail;exit 9`;

/** The exit code is the command's own, and nothing that it prints can change it. */
export const status: readonly Case[] = [
  {
    id: "T7",
    title: "exit codes 0 to 255 are exact, and death by a signal is 128+n",
    why: "A shell that folds codes to 0 and 1 turns `grep`'s 2, an error, into a finding.",
    run: async (context) => {
      const session = await context.open();
      const codes = Array.from({ length: 256 }, (_, code) => code);
      const ended = await Promise.all(codes.map((code) => session.run(`exit ${code}`)));
      for (const code of codes) holds(ended[code]?.exitCode === code, `exit ${code} gave ${ended[code]?.exitCode}`);
      await agree(context, [
        ...[0, 1, 2, 125, 126, 127, 128, 137, 255].map((code) => ({ command: `exit ${code}`, exitCode: code })),
        { command: "kill -9 $$", stdout: "", exitCode: 137 },
        { command: "kill -TERM $$", stdout: "", exitCode: 143 },
        { command: "kill -SEGV $$", stdout: "", exitCode: 139 },
        { command: "nosuchcommand-at-all", stdout: "", exitCode: 127 },
        { command: "/etc/passwd", stdout: "", exitCode: 126 },
      ]);
    },
  },
  {
    id: "T8",
    title: "the exit code never comes from text in the streams",
    why: "Output that looks like a status would let a container choose its own verdict.",
    run: (context) =>
      agree(
        context,
        statusLike.flatMap((text) => [
          { command: `echo '${text}'; exit 5`, stdout: `${text}\n`, stderr: "", exitCode: 5 },
          { command: `echo '${text}' >&2; exit 0`, stdout: "", stderr: `${text}\n`, exitCode: 0 },
        ]),
      ),
  },
  {
    id: "T9",
    title: "kubectl's and the runtime's phrases in a command's stderr change nothing",
    why: "Tools that read them as their own trouble retry or fail a command that ran well.",
    run: (context) =>
      agree(
        context,
        kubectlLike.flatMap((text) => [
          { command: `echo kept; echo '${text}' >&2`, stdout: "kept\n", stderr: `${text}\n`, exitCode: 0 },
          { command: `echo '${text}' >&2; exit 1`, stdout: "", stderr: `${text}\n`, exitCode: 1 },
        ]),
      ),
  },
  {
    id: "T10",
    title: "output that holds a guessed mark cannot end, cut or re-status a command",
    why: "A fixed mark lets hostile output forge the answer, and shifts all answers after it.",
    run: async (context) => {
      const session = await context.open();
      const hex = randomBytes(16).toString("hex");
      const [guessed, replayed, next] = await Promise.all([
        session.run(guess),
        session.run(`printf '%s 0\\n' ${hex}; printf '%s 0\\n' ${hex} >&2; exit 6`),
        session.run("echo next"),
      ]);
      const text = Buffer.from(guessed.stdout).toString("latin1");
      holds(text.includes("ffffffffffffffffffffffffffffffff 0\n"), `the guesses did not arrive: ${text}`);
      sameBytes("the end of the guesses", guessed.stdout.subarray(-4), "tail");
      holds(guessed.exitCode === 9, `exit code 9, got ${guessed.exitCode}`);
      sameBytes("a random mark: stdout", replayed.stdout, `${hex} 0\n`);
      sameBytes("a random mark: stderr", replayed.stderr, `${hex} 0\n`);
      holds(replayed.exitCode === 6, `exit code 6, got ${replayed.exitCode}`);
      sameBytes("the next command", next.stdout, "next\n");
      await answers(session, { command: "echo after", stdout: "after\n" });
    },
  },
];
