import { readFileSync } from "node:fs";

/** The arguments of a process of this machine, each with its NUL; "" for one that has ended meanwhile. */
export function commandLineOf(pid: string | number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1");
  } catch {
    return "";
  }
}
