import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import type { Target } from "#contract/target.ts";
import type { Place } from "./place.ts";
import type { Measured } from "./profiles.ts";

const repository = resolve(import.meta.dirname, "../../..");
const run = promisify(execFile);

/** What a user would run inside the container: plain InSpec, local backend, a process of its own. */
export interface InContainer {
  /** From the start of the process to the finished report, in milliseconds. */
  once(): Promise<number>;
  /** What the last run reported. */
  report(): Uint8Array;
  close(): Promise<void>;
}

/** Needs root. Happens in a copy of the container's root, and else in the container's own namespaces and environment. */
export async function inContainer(place: Place, profile: Measured, target: Target): Promise<InContainer> {
  const first = firstProcessOf(target);
  const folder = place.folder();
  const script = join(import.meta.dirname, "in-container.sh");
  const namespaces = ["-t", String(first), "--pid", "--net", "--uts", "--ipc"];
  const prepare = [...namespaces, "--", "unshare", "--mount", "bash", script, String(first), folder];
  const holder = spawn("nsenter", [...prepare, repository, profile.path], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await Promise.race([once(createInterface(holder.stdout), "line"), once(holder, "exit")]);
  const own = Number(line);
  if (typeof line !== "string" || !Number.isInteger(own)) throw new Error("the container's root could not be copied");
  const words = ["chroot", folder, "/usr/bin/ruby", join(repository, "test/auditor/plain.rb"), profile.path];
  const options = JSON.stringify({ inputs: profile.inputs ?? {} });
  const env = { HOME: "/root", ...environmentOf(first), LANG: "C.UTF-8" };
  return {
    async once() {
      const begun = performance.now();
      const enter = [`--mount=/proc/${own}/ns/mnt`, ...namespaces, "--", ...words, "/report.json", options];
      await run("nsenter", enter, { env }).catch((error: unknown) => {
        // 100 and 101 are results.
        if (!(error instanceof Error && "code" in error && (error.code === 100 || error.code === 101))) throw error;
      });
      return performance.now() - begun;
    },
    report: () => readFileSync(`/proc/${own}/root${folder}/report.json`),
    async close() {
      const gone = once(holder, "exit");
      process.kill(own);
      await gone;
    },
  };
}

/** What the container's first process was started with. */
function environmentOf(pid: number): Record<string, string> {
  const lines = readFileSync(`/proc/${pid}/environ`, "utf8")
    .split("\0")
    .filter((line) => line.includes("="));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
}

/** The process that is number 1 in the container's own namespace, found by the container's id in its cgroup. */
function firstProcessOf({ containerId }: Target): number {
  const id = containerId.replace(/^.*\/\//, "");
  const found = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && isFirst(name, id));
  const [pid] = found;
  if (pid === undefined || found.length !== 1) throw new Error(`${found.length} processes are the first of ${id}`);
  return Number(pid);
}

function isFirst(pid: string, id: string): boolean {
  try {
    const own = /^NSpid:.*\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return own === "1" && readFileSync(`/proc/${pid}/cgroup`, "utf8").includes(id);
  } catch {
    return false; // gone meanwhile
  }
}
