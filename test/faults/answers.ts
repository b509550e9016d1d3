import { ScanError } from "#contract/errors.ts";
import type { Completed } from "#contract/shell.ts";

/** What one command came to: an answer, a typed error, or something that must never be. */
export type Told =
  | { readonly kind: "answer"; readonly text: string }
  | { readonly kind: "typed"; readonly code: string; readonly message: string }
  | { readonly kind: "untyped"; readonly message: string };

/** An answer as one comparable text: exit code and both streams, byte for byte. */
export function asText({ stdout, stderr, exitCode, truncated }: Completed): string {
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");
  return JSON.stringify([exitCode, truncated, hex(stdout), hex(stderr)]);
}

/** Waits for every command, however it ends. */
export async function told(running: readonly Promise<Completed>[]): Promise<readonly Told[]> {
  const settled = await Promise.allSettled(running);
  return settled.map((each) => {
    if (each.status === "fulfilled") return { kind: "answer", text: asText(each.value) };
    const error: unknown = each.reason;
    if (error instanceof ScanError) return { kind: "typed", code: error.code, message: error.message };
    return { kind: "untyped", message: String(error) };
  });
}

/** What is wrong with what was told, against the answers without fault: altered answers and errors without a type. */
export function wrongs(said: readonly Told[], right: readonly string[]): readonly string[] {
  return said.flatMap((each, index) => {
    if (each.kind === "untyped") return [`command ${index} ended with an error that is no ScanError: ${each.message}`];
    if (each.kind === "answer" && each.text !== right[index]) {
      return [`command ${index} was answered ${shown(each.text)} in place of ${shown(right[index])}`];
    }
    return [];
  });
}

/** How many commands were answered before the first that was not; -1 when one after that was answered all the same. */
export function answeredInOrder(said: readonly Told[]): number {
  const first = said.findIndex(({ kind }) => kind !== "answer");
  if (first < 0) return said.length;
  return said.slice(first).some(({ kind }) => kind === "answer") ? -1 : first;
}

const shown = (text = "nothing") => (text.length > 200 ? `${text.slice(0, 200)}…` : text);
