import { describe, expect, test } from "vitest";
import { Answers } from "#audit/answers.ts";
import { asking, never, opened } from "./asking.ts";
import { scriptedShell } from "./scripted-shell.ts";

describe("answers that together are too large to be kept", () => {
  const files = Array.from({ length: 30 }, (_, index) => `cat /big/${index}`);
  const large = () =>
    scriptedShell((command) => (command.startsWith("cat") ? `${command}\n`.padEnd(3 * 1024 * 1024) : command));
  const heads = async (ask: (text: string) => Promise<string>) => {
    const told: string[] = [];
    for (const file of files) told.push((await ask(file)).split("\n", 1).join());
    return told;
  };

  test("are let go of when they were given, the largest first", async () => {
    const { shell, ran } = large();
    const ask = opened(new Answers(), shell);
    await ask("uname -s");
    expect(await heads(ask)).toEqual(files);
    expect(await ask("cat /big/29")).toContain("cat /big/29\n");
    expect(await ask("uname -s")).toBe("uname -s");
    expect(ran).toHaveLength(31);
    expect(await ask("cat /big/0")).toContain("cat /big/0\n");
    expect(ran).toHaveLength(32);
  });

  test("are let go of before they are asked for, and then are asked one by one, once", async () => {
    const { shell, ran } = large();
    const answers = new Answers();
    const rehearsal = opened(answers, shell, 0);
    expect(await heads(rehearsal)).toEqual(files.map(() => "invented"));
    await new Promise((resolve) => setImmediate(resolve));
    answers.replan();
    expect(await heads(asking(answers.begin(0, never)))).toEqual(files);
    expect(answers.rehearsal).toBe(false);
    expect(ran).toEqual([...files, ...files.slice(21)]);
  });

  test("are kept for the next run where something that may write came behind them", async () => {
    const { shell, ran } = large();
    const answers = new Answers();
    const ask = opened(answers, shell, files.length + 1);
    await ask("cat /big/before");
    await ask("date >>/tmp/log");
    await heads(ask);
    expect(await ask("uname -s")).toBe("invented");
    answers.replan();
    const scan = asking(answers.begin(0, never));
    expect(await scan("cat /big/before")).toContain("cat /big/before\n");
    await scan("date >>/tmp/log");
    expect(await heads(scan)).toEqual(files);
    expect(ran.filter((each) => each === "cat /big/before" || each.startsWith("date"))).toHaveLength(2);
    expect(ran.length).toBeGreaterThan(files.length + 3);
  });

  test("are kept when nobody knows whether they can be had again", async () => {
    const { shell, ran } = scriptedShell((command) => command.padEnd(3 * 1024 * 1024));
    const ask = opened(new Answers(), shell);
    const tools = files.map((_, index) => `our-own-tool ${index}`);
    for (const tool of [...tools, ...tools]) await ask(tool);
    expect(ran).toEqual(tools);
  });
});
