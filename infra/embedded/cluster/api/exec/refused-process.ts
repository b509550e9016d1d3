import { PassThrough } from "node:stream";
import type { ContainerProcess } from "./runc-exec.ts";

/** A process that a runtime refused to start, in its own words: nothing came out of it. */
export function refusedProcess(words: string): ContainerProcess {
  const nothing = () => new PassThrough().end();
  const stdin = new PassThrough();
  stdin.resume();
  return { stdin, stdout: nothing(), stderr: nothing(), ended: Promise.resolve({ runtimeError: words }) };
}
