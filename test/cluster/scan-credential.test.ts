import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { ask } from "#cluster/api.ts";
import { type Connection, connect } from "#cluster/connection.ts";
import { grantFor } from "#cluster/grant/grant.ts";
import { mintScanCredential } from "#cluster/grant/mint.ts";
import { sweepCredentials } from "#cluster/grant/sweep.ts";
import { grantAsYaml } from "#cluster/grant/yaml.ts";
import { listPods, readPod } from "#cluster/pods.ts";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { execOnce } from "#reach/exec-once.ts";
import { kubeConfig, sharedCluster } from "#test/support/cluster.ts";
import { credentialsIn, killScans } from "#test/support/killed-scans.ts";
import { expectOneClearMessage, runMuster } from "#test/support/run-muster.ts";

const subject = { kind: "ServiceAccount", name: "broker", namespace: "muster" } as const;
const entries = [{ cluster: "demo", namespaces: ["demo"] }];
const weak = { namespace: "demo", pods: ["weak"], deadlineMs: 60_000 };
const brokersGrant = grantAsYaml(grantFor({ entries, subject, makeSubject: true, toolbox: false, broker: true }), []);

const folder = mkdtempSync(join(tmpdir(), "muster-sweep-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let cluster: EmbeddedCluster;
let broker: Connection;
beforeAll(async () => {
  cluster = await sharedCluster();
  await cluster.apply(brokersGrant);
  broker = connect("demo", kubeConfig(cluster)).as(cluster.token("muster", "broker"));
});
afterEach(() => cluster.faults.clear());

const leftovers = () => credentialsIn(cluster);
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
    const tokens = await killScans(cluster, broker, 200, 6);
    const left = leftovers();
    for (const each of Object.values(left)) expect(each).toBeGreaterThan(20);
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
    const admin = connect("demo", kubeConfig(cluster, "muster-admin"));
    const ofAge = await sweepCredentials(admin, { now: cluster.clock.now, mostAgeMs: -5_000 });
    admin.close();
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

describe("muster sweep", () => {
  const sweep = (...words: readonly string[]) => {
    const config = parse(readFileSync(cluster.kubeconfig, "utf8"));
    for (const each of config.users) each.user = { token: cluster.token("muster", "broker") };
    const path = join(folder, "kubeconfig");
    writeFileSync(path, stringify(config));
    return runMuster(["sweep", "--kubeconfig", path, ...words]);
  };

  test("says what would go, and deletes it without --dry-run", async () => {
    const { account } = await mintScanCredential(broker, weak);
    const dry = await sweep("-n", "demo", "--older-than", "0", "--dry-run");
    expect(dry.stdout).toContain(`ServiceAccount muster-scans/${account.name} (expired `);
    expect(dry.stdout).toContain("3 would be deleted, 0 kept");
    const kept = JSON.parse((await sweep("-n", "demo", "--json")).stdout);
    expect(kept).toEqual({ dryRun: false, removed: [], kept: 3 });
    const swept = JSON.parse((await sweep("-n", "demo", "--older-than", "0", "--json")).stdout);
    expect(swept.removed).toHaveLength(3);
    expect(leftovers()).toEqual(none);
  });

  test.each([
    [[], "-n NAMESPACE"],
    [["-n", "Demo"], "--namespace"],
    [["-n", "demo", "--accounts", "../x"], "--accounts"],
    [["-A"], 'cannot list resource "rolebindings"'],
  ])("%j is one message that names what is wrong", async (words, field) => {
    expectOneClearMessage(await sweep(...words), field);
  });
});
