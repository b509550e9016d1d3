import { expect, test } from "vitest";
import { verdictOf } from "#audit/verdict.ts";
import { asScanError } from "#contract/errors.ts";

const ended = (exit: number | null, signal: string | null = null) => ({ exit, signal, cpuMs: 1 });
const thrown = (remains: Parameters<typeof verdictOf>[0]) => {
  try {
    verdictOf(remains);
  } catch (error) {
    return asScanError(error);
  }
  return undefined;
};

test.each([0, 100, 101] as const)("code %i with the outcome that says so is a scan", (exitCode) => {
  const remains = { ended: ended(exitCode), outcome: { exitCode, older: false }, lastWords: "a warning" };
  expect(verdictOf(remains)).toEqual({ exitCode, older: false });
});

test.each([
  ["an exit code without an outcome", ended(0), undefined],
  ["an outcome that the exit code does not bear out", ended(0), { exitCode: 100, older: false }],
  ["a code that no scan ends with", ended(1), { exitCode: 1, older: false }],
  ["a signal after the outcome", ended(null, "KILL"), { exitCode: 0, older: false }],
])("%s is a crash and never a scan", (_, how, outcome) => {
  expect(thrown({ ended: how, outcome, lastWords: "oh" })).toMatchObject({
    code: "auditor-crashed",
    message: expect.stringContaining("its last words: oh"),
  });
});

test("the child's own reason stands, without the noise that it printed", () => {
  const outcome = { error: { code: "profile-invalid", message: "no inspec.yml" } } as const;
  expect(thrown({ ended: ended(1), outcome, lastWords: "noise" })).toMatchObject({
    code: "profile-invalid",
    message: "no inspec.yml",
  });
});
