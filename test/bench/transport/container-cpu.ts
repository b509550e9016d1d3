import { existsSync, readdirSync, readFileSync } from "node:fs";

const root = "/sys/fs/cgroup";

/** Processor time that a container's processes have used so far, in µs, as the kernel's control group counts it. */
export function containerCpuUs(containerId: string): number {
  const id = containerId.replace(/^.*:\/\//, "");
  for (const line of groupLines(id)) {
    const [, controllers = "", path = ""] = line.split(":");
    const v1 = `${root}/cpuacct${path}/cpuacct.usage`;
    if (controllers.split(",").includes("cpuacct") && existsSync(v1)) return Number(readFileSync(v1, "utf8")) / 1000;
    const v2 = `${root}${path}/cpu.stat`;
    if (controllers === "" && existsSync(v2)) return Number(/usage_usec (\d+)/.exec(readFileSync(v2, "utf8"))?.[1]);
  }
  throw new Error(`no control group counts the processor time of ${containerId}`);
}

/** The control groups of the first process found in the container. */
function groupLines(id: string): readonly string[] {
  for (const pid of readdirSync("/proc")) {
    const file = `/proc/${pid}/cgroup`;
    if (!/^\d+$/.test(pid) || !existsSync(file)) continue;
    const text = readFileSync(file, "utf8");
    if (text.includes(id)) return text.split("\n");
  }
  return [];
}
