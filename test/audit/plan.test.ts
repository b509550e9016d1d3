import { describe, expect, test } from "vitest";
import { planAhead, type Remembered } from "#audit/ahead/plan.ts";
import { questionOf, textOf } from "#audit/ahead/question.ts";

const remembered = (text: string, more: Partial<Remembered> = {}): Remembered => ({
  ...{ ...questionOf(Buffer.from(text), undefined), unconditional: true, elapsedMs: 2, ...more },
});
const texts = (plan: ReturnType<typeof planAhead>) =>
  plan.map(({ first, second, barrier }) => [first.map(textOf), second.map(textOf), barrier]);
const alone = (plan: ReturnType<typeof planAhead>) => plan.flatMap((stretch) => stretch.alone.map(textOf));
const unheard = "our-own-tool --list";

describe("what is sent ahead", () => {
  test("read-only commands, in their order", () => {
    expect(texts(planAhead([remembered("uname -s"), remembered("uname -m")], () => false))).toEqual([
      [["uname -s", "uname -m"], [], undefined],
    ]);
  });

  test("a command that is not understood only when its text is literal and it always ran", () => {
    const literal = (text: string) => text === unheard;
    expect(texts(planAhead([remembered(unheard)], literal))).toEqual([[[unheard], [], undefined]]);
    expect(texts(planAhead([remembered(unheard)], () => false))).toEqual([
      [[], [], unheard],
      [[], [], undefined],
    ]);
    expect(texts(planAhead([remembered(unheard, { unconditional: false })], literal))[0]?.[2]).toBe(unheard);
  });

  test("one that visibly writes never, literal or not, and nothing behind it before it ran", () => {
    const plan = planAhead(
      ["uname -s", "touch /tmp/x", "uname -m"].map((text) => remembered(text)),
      () => true,
    );
    expect(texts(plan)).toEqual([
      [["uname -s"], [], "touch /tmp/x"],
      [["uname -m"], [], undefined],
    ]);
  });
});

test("a pause is not run before what it waits for, nor what it holds back before it", () => {
  const asked = ["service foo start", "sleep 3", "ss -ltn"].map((text) => remembered(text));
  for (const isLiteral of [() => false, () => true]) {
    expect(texts(planAhead(asked, isLiteral))).toEqual([
      [[], [], "service foo start"],
      [[], [], "sleep 3"],
      [["ss -ltn"], [], undefined],
    ]);
  }
});

describe("what takes long", () => {
  const long = remembered("cat /var/lib/big", { elapsedMs: 2000 });

  test("goes into the second lane from the start", () => {
    const plan = planAhead([remembered("uname -s"), long, remembered("uname -m")], () => false);
    expect(texts(plan)).toEqual([[["uname -s", "uname -m"], ["cat /var/lib/big"], undefined]]);
  });

  test("runs last when it is not worth a second stream", () => {
    const longish = { ...long, elapsedMs: 120 };
    const plan = planAhead([longish, remembered("uname -m")], () => false);
    expect(texts(plan)).toEqual([[["uname -m", "cat /var/lib/big"], [], undefined]]);
  });

  test("never changes places with a command that is merely not understood", () => {
    const plan = planAhead([remembered(unheard), long, remembered("uname -m")], () => true);
    expect(texts(plan)).toEqual([[[unheard, "uname -m", "cat /var/lib/big"], [], undefined]]);
  });

  test("and what looks at processes are kept apart: it would see the other lane's", () => {
    const plan = planAhead([remembered("uname -s"), remembered("ps aux"), long], () => false);
    expect(texts(plan)).toEqual([[["uname -s"], ["cat /var/lib/big"], undefined]]);
    expect(alone(plan)).toEqual(["ps aux"]);
    const shorter = { ...long, elapsedMs: 500 };
    const single = planAhead([remembered("uname -s"), remembered("ps aux"), shorter], () => false);
    expect(texts(single)).toEqual([[["uname -s", "ps aux", "cat /var/lib/big"], [], undefined]]);
  });

  test("has a budget of time and number, and what is over it is not sent ahead", () => {
    const times = (count: number, elapsedMs: number) =>
      Array.from({ length: count }, (_, n) => remembered(`cat /var/lib/${n}`, { elapsedMs }));
    const sentOf = (all: readonly Remembered[]) => planAhead(all, () => false)[0]?.second.length;
    expect(sentOf(times(100, 200))).toBe(64);
    expect(sentOf(times(5, 25_000))).toBe(2);
  });

  test("waits behind a command that may write", () => {
    const plan = planAhead([remembered("touch /tmp/x"), long], () => false);
    expect(texts(plan)).toEqual([
      [[], [], "touch /tmp/x"],
      [["cat /var/lib/big"], [], undefined],
    ]);
  });
});

describe("what is sent ahead to Windows", () => {
  const windows = { windows: true };

  test("the auditor's own questions, and nothing by the rules of POSIX shells", () => {
    const plan = planAhead(
      ["cmd.exe /c ver", "cat /etc/passwd", "wmic /?"].map((text) => remembered(text)),
      () => false,
      windows,
    );
    expect(texts(plan)).toEqual([
      [["cmd.exe /c ver"], [], "cat /etc/passwd"],
      [["wmic /?"], [], undefined],
    ]);
  });

  test("a literal that always ran and looks, and none that seems to do more", () => {
    const asked = ["Get-Service | ConvertTo-Json", "Stop-Service W3SVC"].map((text) => remembered(text));
    expect(texts(planAhead(asked, () => true, windows))).toEqual([
      [["Get-Service | ConvertTo-Json"], [], "Stop-Service W3SVC"],
      [[], [], undefined],
    ]);
    expect(texts(planAhead(asked, () => false, windows))[0]?.[2]).toBe("Get-Service | ConvertTo-Json");
  });
});
