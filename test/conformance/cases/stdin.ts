import { createHash, randomBytes } from "node:crypto";
import { type Case, requireTools } from "../case.ts";
import { agree, answers } from "../check.ts";

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, value) => value));

/** What a command may read, and that it never waits for what nobody sends. */
export const stdin: readonly Case[] = [
  {
    id: "T20",
    title: "a command that reads its standard input meets its end at once",
    why: "It would wait for ever, or eat the commands that come after it.",
    run: async (context) => {
      requireTools(context, "cat");
      await agree(context, [
        { command: "cat", stdout: "", exitCode: 0 },
        { command: 'read line; echo "got [$line] $?"', stdout: "got [] 1\n" },
        { command: "cat; echo after", stdout: "after\n" },
        { command: "cat <&0; exit 4", stdout: "", exitCode: 4 },
      ]);
    },
  },
  {
    id: "T20",
    title: "bytes given to a command arrive whole, then comes the end, over v4 as over v5",
    why: "v4 cannot end standard input: closing the stream loses the answer (kubernetes 89899).",
    run: async (context) => {
      requireTools(context, "cat", "sha256sum");
      const session = await context.open();
      const large = randomBytes(64 * 1024);
      const hash = createHash("sha256").update(large).digest("hex");
      await Promise.all([
        answers(session, { command: "cat", stdin: everyByte, stdout: everyByte }),
        answers(session, { command: "cat >&2; exit 3", stdin: everyByte, stdout: "", stderr: everyByte, exitCode: 3 }),
        answers(session, { command: "cat", stdin: new Uint8Array(), stdout: "" }),
        answers(session, { command: "sha256sum", stdin: large, stdout: `${hash}  -\n` }),
        answers(session, { command: "read line; echo $line", stdin: Buffer.from("one\ntwo\n"), stdout: "one\n" }),
        answers(session, { command: "true", stdin: large, stdout: "" }),
        answers(session, { command: "echo next", stdout: "next\n" }),
      ]);
    },
  },
];
