import { setImmediate as turn } from "node:timers/promises";
import type { Connection } from "#cluster/connection.ts";
import { mintScanCredential } from "#cluster/grant/mint.ts";
import { readPod } from "#cluster/pods.ts";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { findResource } from "#embedded/cluster/store/resources.ts";
import { seeded } from "./seeded.ts";

/** Objects of scan credentials that are in the cluster, by kind. */
export function credentialsIn(cluster: EmbeddedCluster): Readonly<Record<"accounts" | "bindings" | "roles", number>> {
  const count = (group: string, plural: string) => {
    const resource = findResource(group, plural);
    const all = resource === undefined ? [] : cluster.store.list(resource, "");
    return all.filter(({ metadata }) => metadata.labels?.["muster.dev/credential"] === "scan").length;
  };
  const rbac = "rbac.authorization.k8s.io";
  return {
    accounts: count("", "serviceaccounts"),
    bindings: count(rbac, "rolebindings"),
    roles: count(rbac, "roles"),
  };
}

const atOnce = 10;
/** Mint, review, three looks and revoke are fewer requests than this: some scans live. */
const mostRequests = 12;

/**
 * So many scans of pod demo/weak, each with a credential of its own, each killed after a random number of requests: from
 * then on its process sends nothing and tidies nothing up. Gives the tokens that it made, once the last request of the
 * dead has arrived.
 */
export async function killScans(
  cluster: EmbeddedCluster,
  broker: Connection,
  count: number,
  seed: number,
): Promise<readonly string[]> {
  const random = seeded(seed);
  const tokens: string[] = [];
  let sent = 0;
  let arrived = 0;
  const stopCounting = cluster.faults.add({
    match: () => {
      arrived += 1;
      return false;
    },
  });
  for (let begun = 0; begun < count; begun += atOnce) {
    const scans = Array.from({ length: Math.min(atOnce, count - begun) }, () =>
      killedScan(broker, Math.floor(random() * mostRequests), {
        token: (token) => tokens.push(token),
        request: () => (sent += 1),
      }),
    );
    await Promise.all(scans);
  }
  while (arrived < sent) await turn();
  stopCounting();
  await readPod(broker, "demo", "weak");
  return tokens;
}

async function killedScan(
  broker: Connection,
  requests: number,
  tell: { readonly token: (token: string) => void; readonly request: () => void },
): Promise<void> {
  const dead = Promise.withResolvers<void>();
  let left = requests;
  const mortal = (connection: Connection): Connection => ({
    ...connection,
    as: (token) => mortal(connection.as(token)),
    async authorize() {
      left -= 1;
      if (left < 0) {
        dead.resolve();
        return new Promise(() => undefined);
      }
      tell.request();
      return connection.authorize();
    },
  });
  const life = async () => {
    const credential = await mintScanCredential(mortal(broker), {
      ...{ namespace: "demo", pods: ["weak"], deadlineMs: 60_000 },
    });
    tell.token(credential.token);
    for (let look = 0; look < 3; look += 1) await readPod(credential.connection, "demo", "weak");
    await credential.revoke();
  };
  await Promise.race([life(), dead.promise]);
}
