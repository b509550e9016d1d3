import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { carryOut } from "#cli/carry-out.ts";
import { profileFrom } from "#cli/profile-source.ts";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { type Row, rowOf } from "../row.ts";
import { connectionTo } from "./place.ts";

const quiet = { say: () => undefined, hear: () => undefined, end: () => undefined };

/** Exec requests that the API server saw while one container was scanned whole. */
export async function execsPerScan(cluster: EmbeddedCluster): Promise<readonly Row[]> {
  const withShell: number[] = [];
  for (const pod of ["weak", "busybox-only", "non-root-readonly"]) withShell.push(await countedScan(cluster, pod));
  return [
    rowOf({
      id: "transport.execs-per-scan",
      what: "exec streams opened for a whole scan of one container with /bin/sh, as the API server counts them",
      ...{ unit: "streams", samples: withShell, bar: "= 1" },
    }),
    rowOf({
      id: "transport.execs-per-scan.bash-only",
      what: "the same where only /bin/bash is there, after /bin/sh and /busybox/sh were asked for",
      ...{ unit: "streams", samples: [await countedScan(cluster, "bash-no-sh")], bar: "≤ 3" },
    }),
  ];
}

async function countedScan(cluster: EmbeddedCluster, pod: string): Promise<number> {
  let execs = 0;
  const disarm = cluster.faults.add({
    match({ url }) {
      if (new URL(url, "https://api").pathname.endsWith("/exec")) execs += 1;
      return false; // counts, and lets everything pass
    },
  });
  const store = mkdtempSync(join(tmpdir(), "muster-bench-"));
  try {
    const profile = await profileFrom("container-baseline");
    const targets = [{ cluster: "muster", namespaces: ["demo"], pods: [pod] }];
    const { outcomes } = await carryOut({
      request: { schemaVersion: 1, profile: profile.name, targets },
      registrations: [profile],
      clusters: new Map([["muster", async () => connectionTo(cluster.kubeconfig)]]),
      ...{ store, progress: quiet },
    });
    if (outcomes[0]?.outcome !== "scanned") throw new Error(`${pod} was not scanned: ${outcomes[0]?.message}`);
    return execs;
  } finally {
    disarm();
    rmSync(store, { recursive: true, force: true });
  }
}
