import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ScanError } from "#contract/errors.ts";
import type { ReasonCode } from "#contract/reasons.ts";
import type { Completed, Shell } from "#contract/shell.ts";
import type { Context } from "./case.ts";
import { shown } from "./shown.ts";

/** The behaviour does not hold. The message is fit for a terminal. */
export class Mismatch extends Error {}

/** A command with what is known of its answer beforehand; the rest is held to the reference alone. */
export interface Probe {
  readonly command: string;
  readonly stdout?: string | Uint8Array;
  readonly stderr?: string | Uint8Array;
  readonly exitCode?: number;
}

/** Bytes equal, or a Mismatch that shows both where they part. */
export function sameBytes(what: string, actual: string | Uint8Array, expected: string | Uint8Array): void {
  const [is, due] = [Buffer.from(actual as Uint8Array), Buffer.from(expected as Uint8Array)]; // Buffer.from takes both
  if (is.equals(due)) return;
  let at = 0;
  while (is[at] === due[at]) at += 1;
  const from = Math.max(0, at - 20);
  const sizes = `${due.length} bytes expected, ${is.length} came, they part at byte ${at}`;
  throw new Mismatch(`${what}: expected ${shown(due.subarray(from))}, got ${shown(is.subarray(from))} (${sizes})`);
}

/** A condition, or a Mismatch with these words. */
export function holds(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new Mismatch(shown(otherwise, 400));
}

/** Two answers equal on both streams and in exit code. */
export function sameAnswer(
  what: string,
  actual: Completed,
  expected: Omit<Completed, "truncated" | "elapsedMs">,
): void {
  sameBytes(`${what}: stdout`, actual.stdout, expected.stdout);
  sameBytes(`${what}: stderr`, actual.stderr, expected.stderr);
  holds(actual.exitCode === expected.exitCode, `${what}: exit code ${expected.exitCode}, got ${actual.exitCode}`);
  holds(!actual.truncated, `${what}: it is told to be truncated`);
}

/**
 * Runs the probes in one session, sent ahead, and each in an exec of its own, and holds the one to the other byte for
 * byte. A last probe with fresh words proves that commands ran at all.
 */
export async function agree(context: Context, probes: readonly Probe[]): Promise<void> {
  const session = await context.open();
  const nonce = randomBytes(8).toString("hex");
  const all = [...probes, { command: `echo ran ${nonce}; exit 5`, stdout: `ran ${nonce}\n`, stderr: "", exitCode: 5 }];
  const answers = await Promise.all(all.map(({ command }) => session.run(command)));
  for (const [index, probe] of all.entries()) {
    const answer = answers[index];
    const what = shown(probe.command, 60);
    const reference = await context.reference.run(probe.command);
    if (probe.stdout !== undefined) sameBytes(`${what}: the reference's stdout`, reference.stdout, probe.stdout);
    if (probe.stderr !== undefined) sameBytes(`${what}: the reference's stderr`, reference.stderr, probe.stderr);
    const code = probe.exitCode ?? reference.exitCode;
    holds(reference.exitCode === code, `${what}: the reference's exit code ${code}, got ${reference.exitCode}`);
    holds(answer !== undefined, `${what}: no answer`);
    sameAnswer(what, answer, reference);
  }
}

/** Runs one command and holds its answer to what must come. */
export async function answers(shell: Shell, probe: Probe & { readonly stdin?: Uint8Array }): Promise<Completed> {
  const answer = await shell.run(probe.command, probe.stdin && { stdin: probe.stdin });
  const what = shown(probe.command, 60);
  if (probe.stdout !== undefined) sameBytes(`${what}: stdout`, answer.stdout, probe.stdout);
  sameBytes(`${what}: stderr`, answer.stderr, probe.stderr ?? "");
  const code = probe.exitCode ?? 0;
  holds(answer.exitCode === code, `${what}: exit code ${code}, got ${answer.exitCode}`);
  return answer;
}

/** The error with which it must fail: a ScanError of one of these codes. */
export async function failsWith(
  what: string,
  attempt: Promise<unknown>,
  ...codes: readonly ReasonCode[]
): Promise<ScanError> {
  const thrown = await attempt.then(
    () => undefined,
    (error: unknown) => error ?? new Error("nothing"),
  );
  holds(thrown !== undefined, `${what}: expected ${codes.join(" or ")}, but it succeeded`);
  holds(thrown instanceof ScanError, `${what}: expected ${codes.join(" or ")}, got the untyped ${String(thrown)}`);
  holds(codes.includes(thrown.code), `${what}: expected ${codes.join(" or ")}, got ${thrown.code}: ${thrown.message}`);
  return thrown;
}

/** The first value that `look` gives, asked every 100 ms until the deadline. */
export async function eventually<T>(what: string, look: () => Promise<T | undefined>, withinMs = 15_000): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const value = await look();
    if (value !== undefined) return value;
    if (performance.now() > deadline) throw new Mismatch(`waited ${withinMs / 1000} s in vain for ${what}`);
    await sleep(100);
  }
}

/** Of these PIDs the ones that still run in the container, seen by an exec of its own; a zombie runs no more. */
export async function alive(context: Context, pids: readonly string[]): Promise<readonly string[]> {
  holds(pids.length > 0 && pids.every((pid) => /^\d+$/.test(pid)), `not PIDs: ${pids.join(" ")}`);
  const look = `for p in ${pids.join(" ")};do s=
while read -r k v r;do case $k in State:)s=$v;break;;esac;done 2>/dev/null </proc/$p/status
case $s in ''|Z|X);;*)echo $p;;esac;done;echo looked`;
  const { stdout } = await context.reference.run(look);
  const lines = Buffer.from(stdout).toString().trim().split("\n");
  holds(lines.pop() === "looked", "the look at the processes did not end");
  return lines;
}
