import { connect } from "#cluster/connection.ts";
import { grantFor } from "#cluster/grant/grant.ts";
import { sweepCredentials } from "#cluster/grant/sweep.ts";
import { ownKubeconfig } from "#cluster/kubeconfig.ts";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { credentialsIn, killScans } from "#test/support/killed-scans.ts";
import { type Row, rowOf } from "../row.ts";

const subject = { kind: "ServiceAccount", name: "broker", namespace: "muster" } as const;
const scans = 200;
const seeds = [1, 2, 3];
const hourMs = 3_600_000;

/** Kills 200 scans at random points, three times with other points, and counts what the sweeper leaves. */
export async function leftoversAfterKills(cluster: EmbeddedCluster): Promise<readonly Row[]> {
  const entries = [{ cluster: "demo", namespaces: ["demo"] }];
  const granted = grantFor({ entries, subject, makeSubject: true, toolbox: false, broker: true });
  await cluster.apply(granted.map(({ object }) => object));
  const scanner = connect("demo", ownKubeconfig(cluster.kubeconfig, "muster"));
  const broker = scanner.as(cluster.token(subject.namespace, subject.name));
  const before: number[] = [];
  const after: number[] = [];
  for (const seed of seeds) {
    await killScans(cluster, broker, scans, seed);
    before.push(sum(credentialsIn(cluster)));
    await sweepCredentials(broker, { namespaces: ["demo"], now: () => Date.now() + hourMs });
    after.push(sum(credentialsIn(cluster)));
  }
  broker.close();
  scanner.close();
  const id = "reach.leftovers-after-kills";
  const what = `credentials, roles and bindings after ${scans} scans were killed at random points and the sweeper ran`;
  return [
    rowOf({ id, what, unit: "objects", samples: after, bar: "= 0" }),
    rowOf({
      id: `${id}.before`,
      what: "the same before the sweeper ran",
      unit: "objects",
      samples: before,
      bar: "≥ 1",
    }),
  ];
}

const sum = (counts: Readonly<Record<string, number>>) =>
  Object.values(counts).reduce((total, each) => total + each, 0);
