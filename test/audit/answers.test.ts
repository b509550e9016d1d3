import { describe, expect, test } from "vitest";
import { planAhead } from "#audit/ahead/plan.ts";
import { questionOf } from "#audit/ahead/question.ts";
import { Answers } from "#audit/answers.ts";
import { ScanError } from "#contract/errors.ts";
import type { Shell } from "#contract/shell.ts";
import { asking, never, opened } from "./asking.ts";
import { scriptedShell } from "./scripted-shell.ts";

const remembered = (...commands: readonly string[]) =>
  commands.map((text) => ({ ...questionOf(Buffer.from(text), undefined), unconditional: true, elapsedMs: 2 }));
const planOf = (...commands: readonly string[]) => planAhead(remembered(...commands), () => false);
const literalPlanOf = (...commands: readonly string[]) => planAhead(remembered(...commands), () => true);

describe("what was sent ahead", () => {
  test("is sent in its order before anything is asked, and answered without asking again", async () => {
    const { shell, ran } = scriptedShell();
    const answers = new Answers({ ahead: planOf("uname -s", "cat /etc/os-release") });
    const ask = opened(answers, shell);
    expect(ran).toEqual(["uname -s", "cat /etc/os-release"]);
    expect(await ask("cat /etc/os-release")).toBe("out of cat /etc/os-release");
    expect(await ask("uname -s")).toBe("out of uname -s");
    expect(ran).toHaveLength(2);
    expect(answers.counters).toMatchObject({ commands: 2, sentAhead: 2, hit: 2, wasted: 0 });
  });

  test("costs one wait for all of a batch, and none where the answers are there already", async () => {
    const { shell, hold } = scriptedShell();
    const release = hold();
    const waiting = new Answers({ ahead: planOf("uname -s", "uname -m") });
    const ask = opened(waiting, shell);
    const both = Promise.all([ask("uname -s"), ask("uname -m")]);
    await Promise.resolve();
    release();
    await both;
    expect(waiting.counters.blockingRoundTrips).toBe(1);
  });

  test("is held until the shell has proved where it is", async () => {
    const { shell } = scriptedShell();
    const answers = new Answers({ ahead: planOf("uname -s") });
    answers.sendFirst(shell);
    const proof = Promise.withResolvers<Shell>();
    answers.through(proof.promise);
    const told: string[] = [];
    const asked = asking(answers.begin(0, never))("uname -s").then((text) => told.push(text));
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).toEqual([]);
    proof.resolve(shell);
    await asked;
    expect(told).toEqual(["out of uname -s"]);
  });

  test("is sent again to the next shell when the first was none", async () => {
    const first = scriptedShell();
    const second = scriptedShell((command) => `second ${command}`);
    const answers = new Answers({ ahead: planOf("uname -s") });
    answers.sendFirst(first.shell);
    const ask = opened(answers, second.shell);
    expect(await ask("uname -s")).toBe("second uname -s");
  });

  test("and got lost is asked once more when it only reads", async () => {
    const { shell, ran } = scriptedShell();
    const broken: Shell = { ...shell, run: async () => Promise.reject(new ScanError("connection-lost", "cut")) };
    const answers = new Answers({ ahead: planOf("uname -s") });
    answers.sendFirst(broken);
    answers.through(shell);
    expect(await asking(answers.begin(0, never))("uname -s")).toBe("out of uname -s");
    expect(ran).toEqual(["uname -s"]);
  });

  test("is wasted when nobody asks for it", async () => {
    const answers = new Answers({ ahead: planOf("uname -s", "uname -m") });
    await opened(answers, scriptedShell().shell)("uname -m");
    expect(answers.counters).toMatchObject({ hit: 1, wasted: 1 });
  });
});

describe("the second lane", () => {
  const long = (text: string) => ({
    ...questionOf(Buffer.from(text), undefined),
    unconditional: true,
    elapsedMs: 5000,
  });
  const plan = planAhead([...remembered("uname -s", "ps aux"), long("find / -xdev")], () => false);

  test("looks at processes first, and the first lane waits for that", async () => {
    const first = scriptedShell();
    const second = scriptedShell();
    const release = second.hold();
    const answers = new Answers({ ahead: plan });
    expect(answers.wantsSecondLane).toBe(true);
    answers.second(Promise.resolve(second.shell));
    answers.sendFirst(first.shell);
    answers.sendSecond(second.shell);
    answers.through(first.shell);
    const asked = asking(answers.begin(0, never))("ps aux");
    await new Promise((resolve) => setImmediate(resolve));
    expect([first.ran, second.ran]).toEqual([[], ["ps aux", "find / -xdev"]]);
    release();
    expect(await asked).toBe("out of ps aux");
    await new Promise((resolve) => setImmediate(resolve));
    expect(first.ran).toEqual(["uname -s"]);
  });

  test("a question of the first lane waits with it, and is not sent twice", async () => {
    const first = scriptedShell();
    const second = scriptedShell();
    const release = second.hold();
    const answers = new Answers({ ahead: plan });
    answers.second(Promise.resolve(second.shell));
    answers.sendFirst(first.shell);
    answers.sendSecond(second.shell);
    answers.through(first.shell);
    const asked = asking(answers.begin(0, never))("uname -s");
    await new Promise((resolve) => setImmediate(resolve));
    expect(first.ran).toEqual([]);
    release();
    expect(await asked).toBe("out of uname -s");
    expect(first.ran).toEqual(["uname -s"]);
  });

  test("that cannot be had sends its commands through the first", async () => {
    const { shell, ran } = scriptedShell();
    const refused: Shell = { ...shell, run: async () => Promise.reject(new ScanError("policy-blocked", "no")) };
    const lane = Promise.withResolvers<Shell>();
    const answers = new Answers({ ahead: plan });
    answers.second(lane.promise);
    answers.sendFirst(shell);
    answers.sendSecond(refused);
    answers.through(shell);
    lane.reject(new ScanError("policy-blocked", "no"));
    const ask = asking(answers.begin(0, never));
    expect(await ask("find / -xdev")).toBe("out of find / -xdev");
    expect(await ask("uname -s")).toBe("out of uname -s");
    expect(ran).toEqual(["ps aux", "find / -xdev", "uname -s"]);
  });
});

describe("a command that may write", () => {
  const log: string[] = [];
  const counting = () => {
    log.length = 0;
    return scriptedShell(
      (command, before) => `${before.filter((each) => each.startsWith("date >>")).length} ${command}`,
    );
  };

  test("is never sent ahead, and what it may have changed is asked after it", async () => {
    const { shell, ran } = counting();
    const answers = new Answers({ ahead: planOf("cat /tmp/log", "date >>/tmp/log", "wc -l /tmp/log") });
    const ask = opened(answers, shell);
    expect(ran).toEqual(["cat /tmp/log"]);
    expect(await ask("cat /tmp/log")).toBe("0 cat /tmp/log");
    await ask("date >>/tmp/log");
    expect(ran).toEqual(["cat /tmp/log", "date >>/tmp/log", "wc -l /tmp/log"]);
    expect(await ask("wc -l /tmp/log")).toBe("1 wc -l /tmp/log");
    expect(answers.counters.blockingRoundTrips).toBe(1);
  });

  test("that nobody expected makes older answers void", async () => {
    const { shell } = counting();
    const answers = new Answers({ ahead: planOf("uname -s", "cat /tmp/log") });
    const ask = opened(answers, shell);
    expect(await ask("uname -s")).toBe("0 uname -s");
    await ask("date >>/tmp/log");
    expect(await ask("cat /tmp/log")).toBe("1 cat /tmp/log");
  });

  test("does not make void what was asked before it: a cache would not ask again either", async () => {
    const { shell } = counting();
    const ask = opened(new Answers(), shell);
    expect(await ask("cat /tmp/log")).toBe("0 cat /tmp/log");
    await ask("date >>/tmp/log");
    expect(await ask("cat /tmp/log")).toBe("0 cat /tmp/log");
  });

  test("makes void what a rehearsal has really asked: it was asked before, although its place is behind", async () => {
    const { shell } = counting();
    const answers = new Answers({ ahead: planOf("uname -s", "date >>/tmp/log", "cat /tmp/log") });
    const rehearsal = opened(answers, shell, 0);
    expect(await rehearsal("uname -m")).toBe("invented");
    expect(await rehearsal("date >>/tmp/log")).toBe("invented");
    expect(await rehearsal("cat /tmp/log")).toBe("0 cat /tmp/log");
    answers.replan();
    const scan = asking(answers.begin(0, never));
    expect(await scan("uname -m")).toBe("0 uname -m");
    await scan("date >>/tmp/log");
    expect(await scan("cat /tmp/log")).toBe("1 cat /tmp/log");
    expect(answers.rehearsal).toBe(false);
  });

  test("makes void what was sent ahead and seems only to look, which follows it in one flight", async () => {
    const { shell, ran } = counting();
    const [one, two] = ["f() { cat /tmp/log; }; f", "f() { wc /tmp/log; }; f"];
    const answers = new Answers({ ahead: literalPlanOf("uname -s", one, two) });
    const ask = opened(answers, shell);
    expect(await ask("uname -s")).toBe("0 uname -s");
    await ask("date >>/tmp/log");
    expect(await ask(one)).toBe(`1 ${one}`);
    expect(await ask(two)).toBe(`1 ${two}`);
    expect(ran).toEqual(["uname -s", one, two, "date >>/tmp/log", one, two]);
    expect(answers.counters.blockingRoundTrips).toBe(1);
  });

  test("does not make void what nobody understands: that runs once", async () => {
    const { shell, ran } = counting();
    const ask = opened(new Answers({ ahead: literalPlanOf("uname -s", "our-own-tool") }), shell);
    await ask("uname -s");
    await ask("date >>/tmp/log");
    expect(await ask("our-own-tool")).toBe("0 our-own-tool");
    expect(ran).toEqual(["uname -s", "our-own-tool", "date >>/tmp/log"]);
  });

  test("runs once, however many runs of the profile ask for it", async () => {
    const { shell, ran } = counting();
    const answers = new Answers();
    const first = opened(answers, shell, 0);
    await first("date >>/tmp/log");
    expect(await first("cat /tmp/log")).toBe("invented");
    answers.replan();
    const second = asking(answers.begin(0, never));
    await second("date >>/tmp/log");
    expect(await second("cat /tmp/log")).toBe("1 cat /tmp/log");
    expect(ran.filter((each) => each.startsWith("date"))).toHaveLength(1);
  });

  test("waits, in a rehearsal, for a run in which it is certain", async () => {
    const { shell, ran } = counting();
    const answers = new Answers();
    const rehearsal = opened(answers, shell, 0);
    expect(await rehearsal("cat /tmp/log")).toBe("invented");
    expect(await rehearsal("date >>/tmp/log")).toBe("invented");
    expect(await rehearsal("wc -l /tmp/log")).toBe("invented");
    expect(ran).toEqual(["cat /tmp/log", "wc -l /tmp/log"]);
    answers.replan();
    const scan = asking(answers.begin(0, never));
    expect(await scan("cat /tmp/log")).toBe("0 cat /tmp/log");
    await scan("date >>/tmp/log");
    expect(await scan("wc -l /tmp/log")).toBe("1 wc -l /tmp/log");
    expect(answers.rehearsal).toBe(false);
  });
});

describe("without patience", () => {
  test("an unexpected question is sent and answered with an invention, once", async () => {
    const { shell, ran } = scriptedShell();
    const answers = new Answers();
    const told: string[] = [];
    answers.through(shell);
    const ask = asking(answers.begin(1, () => told.push("rehearsal")));
    expect(await ask("uname -s")).toBe("out of uname -s");
    expect(await ask("uname -m")).toBe("invented");
    expect(await ask("uname -r")).toBe("invented");
    expect(ran).toEqual(["uname -s", "uname -m", "uname -r"]);
    expect(told).toEqual(["rehearsal"]);
    expect(answers.rehearsal).toBe(true);
    expect(answers.discovered).toBe(2);
  });

  test("what one rehearsal brought to light is waited for once", async () => {
    const { shell, hold } = scriptedShell();
    const release = hold();
    const answers = new Answers();
    answers.through(shell);
    const rehearsal = asking(answers.begin(0, never));
    for (const text of ["uname -s", "uname -m", "uname -r"]) expect(await rehearsal(text)).toBe("invented");
    answers.replan();
    const scan = asking(answers.begin(0, never));
    const all = Promise.all(["uname -s", "uname -m", "uname -r"].map(scan));
    await new Promise((resolve) => setImmediate(resolve));
    release();
    await all;
    expect(answers.counters.blockingRoundTrips).toBe(1);
  });
});

test("a command that took longer than a question allows is a timeout, although it was answered", async () => {
  const { shell } = scriptedShell();
  const slow: Shell = { ...shell, run: async (command) => ({ ...(await shell.run(command)), elapsedMs: 5000 }) };
  const answers = new Answers({ ahead: planOf("uname -s") });
  answers.sendFirst(slow);
  answers.through(slow);
  const asked = answers.begin(0, never)(Buffer.from("uname -s"), 1000, new AbortController().signal);
  await expect(asked).rejects.toMatchObject({ code: "timeout" });
});

test("traffic is told, so that somebody can see when the target is quiet", async () => {
  const { shell } = scriptedShell();
  const seen: number[] = [];
  const answers = new Answers({
    ahead: planOf("uname -s", "uname -m"),
    onTraffic: (unanswered) => seen.push(unanswered),
  });
  await opened(answers, shell)("uname -s");
  expect(seen.slice(0, 2)).toEqual([1, 2]);
  expect(seen.at(-1)).toBe(0);
});
