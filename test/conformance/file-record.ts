import { readFileSync } from "node:fs";
import type { Completed } from "#contract/shell.ts";
import { holds } from "./check.ts";

const read = (name: string) => readFileSync(new URL(`../../layers/commands/${name}.sh`, import.meta.url));
const record = read("file-record");
const content = read("file-content");

/** What the auditor's file class asks of a path. */
export const recordQuestion = (path: string | Uint8Array): Uint8Array => about(path, record);
/** What it asks for content that does not come with the record. */
export const contentQuestion = (path: string | Uint8Array): Uint8Array => about(path, content);

function about(path: string | Uint8Array, script: Uint8Array): Uint8Array {
  const word = Buffer.from(path as Uint8Array) // Buffer.from takes both
    .toString("latin1")
    .replaceAll("'", `'\\''`);
  return Buffer.concat([Buffer.from(`p='${word}';`, "latin1"), script]);
}

/** A record taken apart. */
export interface FileRecord {
  /** Letters of `test`, in this order: e L d f p S b c r; h where a folder on the way may not be searched. */
  readonly flags: string;
  /** Size, mode in hex, uid, gid, mtime, owner, group; of the end of the links, and of a link itself. */
  readonly stat: readonly string[];
  readonly linkStat: readonly string[];
  readonly target: string;
  readonly resolved: string;
  /** Undefined where none came. */
  readonly content: Buffer | undefined;
}

/** Takes a record apart; a Mismatch where it is none. */
export function readRecord({ stdout, exitCode }: Completed): FileRecord {
  let rest = Buffer.from(stdout);
  const take = (end: string): string => {
    const at = rest.indexOf(end);
    holds(at >= 0, `no record: ${rest.toString("latin1").slice(0, 100)}`);
    const text = rest.toString("latin1", 0, at);
    rest = rest.subarray(at + 1);
    return text;
  };
  const flags = take("\n");
  const stat = take("\n").split(":").slice(0, 7);
  const isLink = flags.includes("L");
  const linkStat = isLink ? take("\n").split(":").slice(0, 7) : [];
  const [target, resolved] = isLink ? [take("\0"), take("\0")] : ["", ""];
  return { flags, stat, linkStat, target, resolved, content: exitCode === 0 ? rest : undefined };
}

/** Content over the cap; a Mismatch unless count and hash bear it out. `digest` is the target's own word. */
export function readContent({ stdout, exitCode }: Completed): { readonly bytes: Buffer; readonly digest: string } {
  const all = Buffer.from(stdout);
  const line = all.indexOf("\n");
  const count = Number(all.toString("latin1", 0, line));
  const bytes = all.subarray(line + 1, line + 1 + count);
  holds(exitCode === 0 && bytes.length === count, `${count} bytes told, ${bytes.length} came, exit code ${exitCode}`);
  return { bytes, digest: all.toString("latin1", line + 1 + count).slice(0, 64) };
}
