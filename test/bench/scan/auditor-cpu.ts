import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import * as z from "zod";
import { median, type Row, rowOf } from "../row.ts";
import { type OneByOne, recorded } from "./one-by-one.ts";
import type { Place } from "./place.ts";
import { a, b, type Measured } from "./profiles.ts";
import { taught, wholeScan } from "./whole-scan.ts";

const plainForked = resolve(import.meta.dirname, "../../auditor/plain-forked.rb");
const Child = z.object({ cpuMs: z.number(), exitCode: z.number().nullable() });
const before = 3;
const after = 3;
const theirs = 5;

/** The auditor's work for one scan: ours with hints against InSpec as it comes, forked from a warm parent. */
export async function auditorCpu(place: Place): Promise<readonly Row[]> {
  const target = await place.target("weak");
  const rows: Row[] = [];
  for (const profile of [a, b]) {
    const buckets = await taught(place, profile, target);
    const known = await recorded(place, profile, target);
    const ours: number[] = [];
    const measure = async () =>
      void ours.push((await wholeScan(place, buckets, profile, target, 0)).costs.auditorCpuMs);
    for (let count = 0; count < before; count += 1) await measure();
    const plain = median(await plainCpu(place, profile, known));
    for (let count = 0; count < after; count += 1) await measure();
    rows.push(
      rowOf({
        id: `scan.auditor-cpu.${profile.id}`,
        what: `${profile.name}: processor time of the auditor, ours (${Math.round(median(ours))} ms) ÷ plain InSpec forked from a warm parent (${plain} ms)`,
        ...{ unit: "ratio", samples: ours.map((ms) => ms / plain), bar: "≤ 0.3" },
      }),
    );
  }
  return rows;
}

/** Milliseconds of each of some children that run the profile on recorded answers. */
async function plainCpu(place: Place, { path }: Measured, { answers }: OneByOne): Promise<readonly number[]> {
  const file = join(place.folder(), "answers.json");
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
  const lines = [...answers].map(([command, { completed }]) => [
    ...[Buffer.from(command), completed.stdout, completed.stderr].map(base64),
    completed.exitCode,
  ]);
  writeFileSync(file, JSON.stringify(lines));
  const { stdout } = await promisify(execFile)("ruby", [plainForked, path, file, String(theirs)], {
    env: { PATH: process.env.PATH, HOME: place.folder(), LANG: "C.UTF-8", TZ: "UTC" },
  });
  const children = stdout
    .trimEnd()
    .split("\n")
    .map((line) => Child.parse(JSON.parse(line)));
  if (!children.every(({ exitCode }) => exitCode === 100)) throw new Error(`plain InSpec failed: ${stdout}`);
  return children.map(({ cpuMs }) => cpuMs);
}
