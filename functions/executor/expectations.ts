import { planAhead } from "#audit/ahead/plan.ts";
import { aheadOfAll } from "#audit/ahead/static-bundle.ts";
import type { Stretch } from "#audit/ahead/stretch.ts";
import type { Asked } from "#audit/answers.ts";
import { type HintScope, recall, remember } from "#audit/hints/hints.ts";
import type { ObjectStore } from "#contract/objects.ts";
import type { Way } from "#contract/shell.ts";
import type { Summary } from "#contract/summary.ts";
import type { ScanTask } from "#contract/task.ts";
import type { Material } from "./material.ts";

/** What to send before it is asked: what such a profile asked last time, or what every profile asks. */
export async function expect(
  published: ObjectStore,
  task: ScanTask,
  { isLiteral }: Pick<Material, "isLiteral">,
): Promise<readonly Stretch[]> {
  const remembered = await recall(published, scopeOf(task), task.target.imageDigest);
  const os = { windows: task.target.os === "windows" };
  return remembered.length > 0 ? planAhead(remembered, isLiteral, os) : aheadOfAll(os);
}

/** Keeps what this scan asked for the next one. */
export async function keep(
  published: ObjectStore,
  task: ScanTask,
  scanned: { readonly asked: readonly Asked[]; readonly platform: Summary["platform"]; readonly way: Way },
): Promise<void> {
  const { asked, platform, way } = scanned;
  const name = `${platform.name}/${platform.release.split(".")[0]}/${way}`;
  await remember(published, scopeOf(task), { image: task.target.imageDigest, platform: name, asked });
}

/** Keeps what a scan asked that had no time to end, so that the next try at it is shorter. */
export async function keepUnfinished(published: ObjectStore, task: ScanTask, asked: readonly Asked[]): Promise<void> {
  if (asked.length === 0) return;
  await remember(published, scopeOf(task), { image: task.target.imageDigest, platform: "unfinished", asked });
}

function scopeOf({ profile, inputs, options, target }: ScanTask): HintScope {
  const manner = [
    ...(target.os === "windows" ? ["windows"] : []),
    ...(options.presentAsContainer ? ["container"] : []),
    ...(options.olderAuditor ? ["older-auditor"] : []),
    ...(options.containerFacts ? ["container-facts"] : []),
  ];
  return { profile: profile.digest, inputs: inputs?.digest, manner };
}
