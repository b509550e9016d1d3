import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { AuditJob } from "#audit/job.ts";
import { localShell } from "#test/support/local-shell.ts";
import { busyboxTree, put } from "./container-baseline/tree.ts";
import { controlsOf, scene } from "./scene.ts";

const { audit, folder } = scene();

let systems = 0;

/** A profile of test/fixtures/profiles on a system that has little but busybox. */
async function onBusybox(name: string, inputs: AuditJob["inputs"] = {}) {
  const root = join(folder(), `system-${systems++}`);
  mkdirSync(root, { mode: 0o755 });
  busyboxTree(root);
  put(root, { "etc/passwd": { text: "root:x:0:0:root:/root:/bin/sh\n" }, "etc/group": { text: "root:x:0:\n" } });
  const profile = fileURLToPath(new URL(`../fixtures/profiles/${name}`, import.meta.url));
  const audited = await audit(name, { shell: localShell({ root }), profile, inputs });
  const results = [...controlsOf(audited).values()].flatMap((control) => control.results);
  const broken = results.filter(({ code_desc }) => code_desc.startsWith("Control Source Code Error"));
  const statuses = [...new Set(results.map(({ status }) => status))].sort();
  return { controls: controlsOf(audited).size, commands: audited.counters.commands, broken, statuses };
}

describe("the profiles for measuring load and judge, even where little is there", () => {
  test.each([
    ["wide", { expensive: false }, 240],
    ["deep", {}, 5],
    ["files", {}, 500],
    ["one-slow", { slow: false }, 150],
    ["effects", {}, 7],
  ] as const)("%s %j", async (name, inputs, atLeast) => {
    const judged = await onBusybox(name, inputs);
    expect(judged.broken).toEqual([]);
    expect(judged.statuses).toContain("passed");
    expect(judged.controls).toBeGreaterThanOrEqual(atLeast);
  });
});

test("the expensive controls are the only ones that the wide profile's input takes away", async () => {
  const whole = await onBusybox("wide");
  const cheap = await onBusybox("wide", { expensive: false });
  expect(whole.controls - cheap.controls).toBe(4);
  expect(whole.commands - cheap.commands).toBe(4);
});
