import { describe, expect, test } from "vitest";
import { Answers } from "#audit/answers.ts";
import { ScanError } from "#contract/errors.ts";
import type { Shell } from "#contract/shell.ts";
import { never } from "./asking.ts";
import { scriptedShell } from "./scripted-shell.ts";

describe("a command that ran out of its time", () => {
  /** It takes two seconds, and whoever gives it less has it broken off. */
  const slowly = () => {
    const { shell, ran } = scriptedShell();
    const run: Shell["run"] = async (command, { timeoutMs = Number.POSITIVE_INFINITY } = {}) => {
      const completed = await shell.run(command);
      if (timeoutMs < 2000) throw new ScanError("timeout", `not within ${timeoutMs} ms`);
      return { ...completed, elapsedMs: 2000 };
    };
    const answers = new Answers();
    answers.through({ ...shell, run });
    const answer = answers.begin(Number.POSITIVE_INFINITY, never);
    const ask = (text: string, timeoutMs?: number) =>
      answer(Buffer.from(text), timeoutMs, new AbortController().signal).then(
        ({ stdout }) => Buffer.from(stdout).toString(),
        (error: ScanError) => error.code,
      );
    return { ask, ran, answers };
  };

  test.each(["cat /big", "our-own-tool"])("runs again for who gives it longer, or any: %s", async (text) => {
    for (const longer of [60_000, undefined]) {
      const { ask, ran } = slowly();
      expect(await ask(text, 1000)).toBe("timeout");
      expect(await ask(text, longer)).toBe(`out of ${text}`);
      expect(ran).toEqual([text, text]);
    }
  });

  test.each(["cat /big", "our-own-tool"])("does not for who gives it as long, or less: %s", async (text) => {
    const { ask, ran } = slowly();
    expect(await ask(text, 1000)).toBe("timeout");
    expect(await ask(text, 1000)).toBe("timeout");
    expect(await ask(text, 500)).toBe("timeout");
    expect(ran).toEqual([text]);
  });

  test("and may write keeps its place when it runs again", async () => {
    const { ask, ran } = slowly();
    expect(await ask("uname -s")).toBe("out of uname -s");
    expect(await ask("our-own-tool", 1000)).toBe("timeout");
    expect(await ask("uname -m")).toBe("out of uname -m");
    expect(await ask("our-own-tool", 60_000)).toBe("out of our-own-tool");
    expect(ran).toEqual(["uname -s", "our-own-tool", "uname -m", "our-own-tool"]);
  });
});
