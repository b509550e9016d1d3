import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { ScanError } from "#contract/errors.ts";
import type { Completed, Shell } from "#contract/shell.ts";
import type { Target } from "#contract/target.ts";
import { localShell } from "#test/support/local-shell.ts";
import type { Context } from "./case.ts";
import { cases } from "./cases.ts";
import { rowsOf } from "./result.ts";
import { shown } from "./shown.ts";
import { conformanceTable } from "./table.ts";
import type { Trial } from "./trial.ts";

const sound = localShell();
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");
const bytes = (value: string) => Buffer.from(value, "latin1");
const changed = (change: (answer: Completed, command: string) => Completed): Shell => ({
  ...sound,
  run: async (command, options) => change(await sound.run(command, options), String(command)),
});
const stdoutAs = (change: (stdout: string, command: string) => string) =>
  changed((answer, command) => ({ ...answer, stdout: bytes(change(text(answer.stdout), command)) }));

/** What transports of the field do, each with the numbers that must find it out. */
const faulty: readonly (readonly [string, Shell, readonly string[]])[] = [
  [
    "merges stderr into stdout",
    changed((a) => ({ ...a, stdout: Buffer.concat([a.stdout, a.stderr]), stderr: bytes("") })),
    ["T1", "T8", "T9"],
  ],
  ["drops stdout after a failure", changed((a) => (a.exitCode === 0 ? a : { ...a, stdout: bytes("") })), ["T1", "T2"]],
  [
    "decodes output as text",
    changed((a) => ({ ...a, stdout: Buffer.from(Buffer.from(a.stdout).toString("utf8")) })),
    ["T3"],
  ],
  ["trims output", stdoutAs((stdout) => stdout.trim()), ["T4", "T5"]],
  ["makes CRLF of LF", stdoutAs((stdout) => stdout.replaceAll("\n", "\r\n")), ["T4", "T5"]],
  ["takes escape sequences out", stdoutAs((stdout) => stripVTControlCharacters(stdout)), ["T6"]],
  ["folds exit codes to 0 and 1", changed((a) => ({ ...a, exitCode: Math.min(a.exitCode, 1) })), ["T7", "T8", "T21"]],
  [
    "removes lines that equal the command",
    stdoutAs((stdout, command) => (command.includes("echo hello") ? stdout.replace("echo hello\n", "") : stdout)),
    ["T16"],
  ],
  [
    "answers nothing at all",
    changed((a) => ({ ...a, stdout: bytes(""), stderr: bytes(""), exitCode: 0 })),
    ["T1", "T2", "T3", "T12", "T15", "T17", "T19", "T20", "T22", "T45", "T61", "T62"],
  ],
  [
    "takes kubectl's words for its own trouble",
    changed((a) => {
      if (/Error from server|unable to upgrade/.test(text(a.stderr))) throw new ScanError("exec-refused", "misread");
      return a;
    }),
    ["T9"],
  ],
  ["appends a newline to every command", { ...sound, run: (c, o) => sound.run(`${c}; true`, o) }, ["T2", "T7", "T15"]],
  ["forgets standard input", { ...sound, run: (c, o) => sound.run(c, { ...o, stdin: bytes("") }) }, ["T20"]],
];

function contextOver(shell: Shell): Context {
  return {
    ...{ shell: "/bin/sh", reference: sound, lab: undefined, requests: () => 0, open: async () => shell },
    ...{ target: {} as Target, connection: {} as Context["connection"] }, // the cases chosen here look at neither
    tools: new Set(["cat", "grep", "head", "sha256sum", "sleep", "tr"]),
    reconnect: () => ({}) as Context["connection"],
    atEnd: () => undefined,
  };
}

const quickOf = (id: string) =>
  cases.filter((each) => each.id === id && each.pace === undefined && each.where === undefined);

async function verdictOf(id: string, shell: Shell): Promise<string> {
  const own = quickOf(id);
  expect(own.length).toBeGreaterThan(0);
  for (const each of own) {
    try {
      await each.run(contextOver(shell));
    } catch (error) {
      return `found out: ${error instanceof Error ? error.name : "?"}`;
    }
  }
  return "passed";
}

describe("a transport that", () => {
  it.each(faulty)("%s is found out", async (_what, shell, ids) => {
    for (const id of ids) expect([id, await verdictOf(id, shell)]).not.toEqual([id, "passed"]);
  });
});

it.each([
  "T1",
  "T2",
  "T3",
  "T4",
  "T5",
  "T6",
  "T7",
  "T8",
  "T9",
  "T12",
  "T15",
  "T17",
  "T20",
  "T21",
  "T22",
  "T45",
  "T61",
  "T62",
])("%s passes where every command is a process of its own", async (id) => {
  expect(await verdictOf(id, sound)).toBe("passed");
});

const trial = (id: string, verdict: Trial["verdict"], why = ""): Trial => ({
  ...{ id, verdict, why, title: "a title", version: "v1.36", image: "weak", elapsedMs: 1 },
});

it("a number fails when one container failed, and passes when some passed and none failed", () => {
  const rows = rowsOf(
    [
      trial("T2", "pass"),
      trial("T1", "pass"),
      trial("T1", "fail", "why"),
      trial("T2", "not-applicable", "no"),
      trial("T3", "not-applicable", "no tool"),
    ],
    new Set(["T1", "T2", "T3"]),
  );
  expect(rows.map(({ id, verdict }) => [id, verdict])).toEqual([
    ["T1", "fail"],
    ["T2", "pass"],
    ["T3", "not-applicable"],
  ]);
  expect(conformanceTable(rows, [])).toContain("v1.36 weak: a title: why");
});

it("nothing that a container printed reaches the terminal as it was", () => {
  const hostile = Buffer.from(Array.from({ length: 256 }, (_, value) => value));
  expect(shown(hostile, 300)).toMatch(/^[\x20-\x7e]*$/);
  expect(shown(`a\x1b]0;x\x07\r\n‮`, 300)).toMatch(/^[\x20-\x7e]*$/);
});
