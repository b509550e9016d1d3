import { readdirSync, readFileSync } from "node:fs";

/** The processes on this machine that are in the cgroup of a container of the embedded cluster, by their numbers. */
export function processesIn(containerId: string): readonly number[] {
  const id = containerId.replace(/^\w+:\/\//, "");
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && told(name, "cgroup").includes(id))
    .map(Number);
}

/** The one that the container runs: the oldest. Numbers begin anew at some time, so that the lowest need not be the first. */
export function hostPidOf(containerId: string): number {
  const [first] = [...processesIn(containerId)].sort((one, other) => startOf(one) - startOf(other));
  if (first === undefined) throw new Error(`no process belongs to container ${containerId}`);
  return first;
}

/** In ticks since the machine's own start: proc(5), field 22 of stat. */
function startOf(pid: number): number {
  const fields = told(String(pid), "stat")
    .replace(/^.*\) /s, "")
    .split(" ");
  return Number(fields[19] ?? Number.POSITIVE_INFINITY);
}

function told(pid: string, file: "cgroup" | "stat"): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return ""; // it has ended meanwhile
  }
}
