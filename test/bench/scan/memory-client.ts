import { readdirSync, readFileSync } from "node:fs";
import { openPlace } from "./place.ts";
import { b } from "./profiles.ts";
import { taught, wholeScan } from "./whole-scan.ts";

/** The scanning side of `memory`: prints {peaks}, MiB of this process and all below it, one a scan with hints. */
const [kubeconfig = "", port = ""] = process.argv.slice(2);
const place = await openPlace(kubeconfig, Number(port));
const target = await place.target("weak");
const buckets = await taught(place, b, target);
const peaks: number[] = [];
for (let round = 0; round < 5; round += 1) {
  let peak = 0;
  const look = () => {
    peak = Math.max(peak, residentMiB());
  };
  const watch = setInterval(look, 50);
  await wholeScan(place, buckets, b, target, 0);
  look();
  clearInterval(watch);
  peaks.push(peak);
}
await place.close();
process.stdout.write(JSON.stringify({ peaks }));

/** Resident memory, what parent and child share counted once (Pss of proc_pid_smaps_rollup(5)). */
function residentMiB(): number {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc").filter((each) => /^\d+$/.test(each))) {
    parents.set(Number(name), numberIn(`/proc/${name}/status`, /^PPid:\s+(\d+)/m));
  }
  const isBelow = (pid: number): boolean => pid === process.pid || (pid > 1 && isBelow(parents.get(pid) ?? 0));
  const family = [...parents.keys()].filter(isBelow);
  const kib = family.map((pid) => numberIn(`/proc/${pid}/smaps_rollup`, /^Pss:\s+(\d+)/m));
  return kib.reduce((sum, each) => sum + each, 0) / 1024;
}

/** 0 where the process is gone meanwhile. */
function numberIn(file: string, pattern: RegExp): number {
  try {
    return Number(pattern.exec(readFileSync(file, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
