import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { ask } from "#cluster/api.ts";
import { type Connection, connect } from "#cluster/connection.ts";
import { grantFor } from "#cluster/grant/grant.ts";
import { mintScanCredential } from "#cluster/grant/mint.ts";
import { sweepCredentials } from "#cluster/grant/sweep.ts";
import { grantAsYaml } from "#cluster/grant/yaml.ts";
import { listPods, readPod } from "#cluster/pods.ts";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { findResource } from "#embedded/cluster/store/resources.ts";
import { execOnce } from "#reach/exec-once.ts";
import { eventually, kubeConfig, sharedCluster } from "#test/support/cluster.ts";

const subject = { kind: "ServiceAccount", name: "broker", namespace: "muster" } as const;
const entries = [{ cluster: "demo", namespaces: ["demo"] }];
const weak = { namespace: "demo", pods: ["weak"], deadlineMs: 60_000 };
const brokersGrant = grantAsYaml(grantFor({ entries, subject, makeSubject: true, toolbox: false, broker: true }), []);

let cluster: EmbeddedCluster;
let broker: Connection;
beforeAll(async () => {
  cluster = await sharedCluster();
  await cluster.apply(brokersGrant);
  broker = connect("demo", kubeConfig(cluster)).as(cluster.token("muster", "broker"));
});
afterEach(() => cluster.faults.clear());

/** Every object of a scan credential that is in the cluster, by kind. */
function leftovers(): Record<string, number> {
  const count = (group: string, plural: string) => {
    const resource = findResource(group, plural);
    const all = resource === undefined ? [] : cluster.store.list(resource, "");
    return all.filter(({ metadata }) => metadata.labels?.["muster.dev/credential"] === "scan").length;
  };
  const rbac = "rbac.authorization.k8s.io";
  return {
    accounts: count("", "serviceaccounts"),
    roles: count(rbac, "roles"),
    bindings: count(rbac, "rolebindings"),
  };
}
const none = { accounts: 0, roles: 0, bindings: 0 };

const containerOf = (pod: string) => ({ namespace: "demo", pod, container: pod });

describe("the credential of one scan", () => {
  test("can read and enter its pod, and nothing else", async () => {
    const { connection, revoke } = await mintScanCredential(broker, weak);
    try {
      expect((await readPod(connection, "demo", "weak"))?.metadata?.name).toBe("weak");
      expect((await execOnce(connection, containerOf("weak"), ["/bin/true"])).exitCode).toBe(0);
      await expect(readPod(connection, "demo", "hardened")).rejects.toMatchObject({ code: "forbidden" });
      await expect(execOnce(connection, containerOf("hardened"), ["/bin/true"])).rejects.toMatchObject({
        code: "forbidden",
      });
      await expect(listPods(connection, { namespace: "demo" }).next()).rejects.toMatchObject({
        message: expect.stringContaining('cannot list resource "pods"'),
      });
      const secrets = ask(connection, { path: "api/v1/namespaces/demo/secrets", what: "list secrets" });
      await expect(secrets).rejects.toMatchObject({ code: "forbidden" });
      const again = mintScanCredential(connection, weak);
      await expect(again).rejects.toMatchObject({ code: "forbidden" });
    } finally {
      await revoke();
    }
  });

  test("is refused from the moment it is revoked, and leaves nothing", async () => {
    const { connection, revoke } = await mintScanCredential(broker, weak);
    await readPod(connection, "demo", "weak");
    await revoke();
    await expect(readPod(connection, "demo", "weak")).rejects.toMatchObject({ code: "unauthenticated" });
    expect(leftovers()).toEqual(none);
    await revoke();
  });

  test("ends at its expiry, ten minutes at the least", async () => {
    const { connection, expiresAt, revoke } = await mintScanCredential(broker, { ...weak, now: cluster.clock.now });
    expect(expiresAt.getTime() - cluster.clock.now()).toBeGreaterThan(595_000);
    cluster.clock.advance(599_000);
    await readPod(connection, "demo", "weak");
    cluster.clock.advance(2_000);
    await expect(readPod(connection, "demo", "weak")).rejects.toMatchObject({ code: "unauthenticated" });
    cluster.clock.advance(-601_000);
    await revoke();
  });

  test("outlives a longer deadline", async () => {
    const { expiresAt, revoke } = await mintScanCredential(broker, { ...weak, deadlineMs: 7_200_000 });
    expect(expiresAt.getTime() - cluster.clock.now()).toBeGreaterThan(7_200_000);
    await revoke();
  });

  test("never stands for every pod", async () => {
    await expect(mintScanCredential(broker, { ...weak, pods: [] })).rejects.toMatchObject({ code: "bad-request" });
  });

  test("is not made where RBAC lets the broker grant nothing, and what was begun is taken back", async () => {
    const elsewhere = mintScanCredential(broker, { ...weak, namespace: "default" });
    await expect(elsewhere).rejects.toMatchObject({
      code: "forbidden",
      message: expect.stringMatching(
        /cannot create resource "roles".*in the namespace "default".*muster grant --broker/,
      ),
    });
    expect(leftovers()).toEqual(none);
  });

  test("cannot hold more than its broker, whom escalation prevention stops", async () => {
    await expect(mintScanCredential(broker, { ...weak, toolbox: true })).rejects.toMatchObject({
      code: "forbidden",
      message: expect.stringContaining("pods/ephemeralcontainers"),
    });
    expect(leftovers()).toEqual(none);
  });

  test("waits until the API server knows of the role", async () => {
    const reviews = ({ url }: { readonly url: string }) => url.includes("selfsubjectaccessreviews");
    const body = { kind: "SelfSubjectAccessReview", status: { allowed: false } };
    cluster.faults.add({ match: reviews, times: 2, respond: { code: 201, body } });
    const { revoke } = await mintScanCredential(broker, weak);
    await revoke();
  });
});

describe("the sweeper", () => {
  const later = () => cluster.clock.now() + 3_600_000;

  test("leaves nothing of 200 scans that were killed at random points, and nothing of theirs works", async () => {
    const random = seeded(6);
    const tokens: string[] = [];
    let sent = 0;
    let arrived = 0;
    cluster.faults.add({
      match: () => {
        arrived += 1;
        return false;
      },
    });
    for (let round = 0; round < 20; round += 1) {
      const scans = Array.from({ length: 10 }, () =>
        killedScan(Math.floor(random() * 12), { token: (token) => tokens.push(token), request: () => (sent += 1) }),
      );
      await Promise.all(scans);
    }
    // What the dead had sent before they died arrives yet.
    await eventually("the last request", () => arrived >= sent || undefined);
    await readPod(broker, "demo", "weak");
    const left = leftovers();
    for (const kind of ["accounts", "roles", "bindings"]) expect(left[kind], kind).toBeGreaterThan(20);
    const swept = await sweepCredentials(broker, { namespaces: ["demo"], now: later });
    expect(leftovers()).toEqual(none);
    expect(swept.kept).toBe(0);
    expect(swept.removed.length).toBe(Object.values(left).reduce((sum, each) => sum + each));
    expect(tokens.length).toBeGreaterThan(50);
    for (const token of tokens) {
      await expect(readPod(broker.as(token), "demo", "weak")).rejects.toMatchObject({ code: "unauthenticated" });
    }
  });

  test("keeps what may still be in use, and takes it when it is too old", async () => {
    const { connection } = await mintScanCredential(broker, weak);
    const sparing = await sweepCredentials(broker, { namespaces: ["demo"], now: cluster.clock.now });
    expect(sparing).toEqual({ removed: [], kept: 3 });
    await readPod(connection, "demo", "weak");
    const dry = await sweepCredentials(broker, { namespaces: ["demo"], now: later, dryRun: true });
    expect(dry.removed.map(({ kind }) => kind)).toEqual(["ServiceAccount", "RoleBinding", "Role"]);
    await readPod(connection, "demo", "weak");
    const ofAge = await sweepCredentials(broker, { namespaces: ["demo"], now: cluster.clock.now, mostAgeMs: -5_000 });
    expect(ofAge.removed.length).toBe(3);
    expect(leftovers()).toEqual(none);
  });

  test("touches nothing that has other labels", async () => {
    await cluster.apply(`
apiVersion: v1
kind: ServiceAccount
metadata:
  name: theirs
  namespace: muster-scans
  labels: { app.kubernetes.io/managed-by: muster }
  annotations: { muster.dev/expires-at: "2001-01-01T00:00:00Z" }
`);
    expect(await sweepCredentials(broker, { namespaces: ["demo"], now: later })).toEqual({ removed: [], kept: 0 });
  });

  test("needs the broker's rights, and says which one is missing", async () => {
    await expect(sweepCredentials(broker, { now: later })).rejects.toMatchObject({
      code: "forbidden",
      message: expect.stringContaining('cannot list resource "rolebindings"'),
    });
  });
});

/**
 * A scan whose process is killed after so many requests: nothing is sent any more, and nobody tidies up. Resolves when the
 * scan is dead or done.
 */
async function killedScan(
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
      if (left >= 0) {
        tell.request();
        return connection.authorize();
      }
      dead.resolve();
      return new Promise(() => undefined);
    },
  });
  const life = async () => {
    const credential = await mintScanCredential(mortal(broker), weak);
    tell.token(credential.token);
    for (let look = 0; look < 3; look += 1) await readPod(credential.connection, "demo", "weak");
    await credential.revoke();
  };
  await Promise.race([life(), dead.promise]);
}

/** Mulberry32: small, seeded, good enough to choose when to kill. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
