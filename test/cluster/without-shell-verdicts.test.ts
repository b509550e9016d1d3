import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import type { Shell } from "#contract/shell.ts";
import { readHdf } from "#report/hdf.ts";
import { verdictOf } from "#report/status.ts";
import { scene } from "#test/auditor/scene.ts";
import { sharedCluster } from "#test/support/cluster.ts";
import { reaching, withoutShell } from "#test/support/reach.ts";

const { audit } = scene();
const baseline = fileURLToPath(new URL("../../profiles/container-baseline", import.meta.url));
let way: ReturnType<typeof reaching>;
beforeAll(async () => {
  const cluster = await sharedCluster();
  await cluster.apply(withoutShell);
  way = reaching(cluster);
});

/** Each control's status, as far as the shell gives one. */
async function verdicts(shell: Shell): Promise<ReadonlyMap<string, string>> {
  const { hdf } = await audit("mixed", { shell, profile: baseline });
  await shell.close();
  const judged = readHdf(hdf).controls.map((control) => [control.id, verdictOf(control).status] as const);
  return new Map(judged.filter(([, status]) => status === "passed" || status === "failed"));
}

// The same files: once with a shell below /busybox, once with none. Both run as the same user with the same rights.
describe.each(["root", "hardened"])("container-baseline on a container without a shell that runs as %s", (who) => {
  it("gives the verdicts that the same files give with a shell", async () => {
    const withShell = await verdicts(await way.reach("at-privileged", "with-shell", who));
    const without = await verdicts(await way.reach("at-privileged", who, "app"));
    const differing = [...withShell].filter(([id, status]) => without.has(id) && without.get(id) !== status);
    expect(differing).toEqual([]);
    const common = [...withShell.keys()].filter((id) => without.has(id)).length;
    console.log(
      who,
      withShell.size,
      without.size,
      common,
      [...withShell.keys()].filter((id) => !without.has(id)),
      [...without.keys()].filter((id) => !withShell.has(id)),
    );
    expect(withShell.size).toBeGreaterThan(20);
    expect(common / withShell.size).toBeGreaterThanOrEqual(0.9);
  });
});
