import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Connection, connect } from "#cluster/connection.ts";
import { grantFor } from "#cluster/grant/grant.ts";
import { mintScanCredential } from "#cluster/grant/mint.ts";
import { grantAsYaml } from "#cluster/grant/yaml.ts";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { kubeConfig, sharedCluster } from "#test/support/cluster.ts";
import { exportedImage } from "#test/support/exported-image.ts";
import { credentialsIn } from "#test/support/killed-scans.ts";
import { type OneScan, scanOne } from "#test/support/scan-one.ts";

/** Whole scans under policies that ask for more, or allow more, than looking through a shell as the executor. */
const entries = [{ cluster: "muster", namespaces: ["demo"] }];
const subject = { kind: "ServiceAccount", name: "broker", namespace: "muster" } as const;
const store = mkdtempSync(join(tmpdir(), "muster-policy-"));
let cluster: EmbeddedCluster;
beforeAll(async () => {
  cluster = await sharedCluster();
  await cluster.apply(grantAsYaml(grantFor({ entries, subject, makeSubject: true, toolbox: false, broker: true }), []));
  await cluster.apply(mayOnlyLook);
});
afterAll(() => rmSync(store, { recursive: true, force: true }));

const mayOnlyLook = `
apiVersion: v1
kind: ServiceAccount
metadata: { name: onlooker, namespace: muster }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: onlooker, namespace: demo }
rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: onlooker, namespace: demo }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: onlooker }
subjects: [{ kind: ServiceAccount, name: onlooker, namespace: muster }]
`;

const as = (account: string): Connection => connect("muster", kubeConfig(cluster)).as(cluster.token("muster", account));
const scan = (account: string, pod: string, given: Partial<OneScan> = {}) =>
  scanOne({ connect: async () => as(account), store, namespace: "demo", pod, ...given });

describe("credentials per scan", () => {
  const policy = { credentials: "per-scan" } as const;
  const none = { accounts: 0, roles: 0, bindings: 0 };

  it("give the verdicts that the executor's own identity gives, and leave nothing", async () => {
    const [own, shared] = [await scan("broker", "weak", { policy }), await scan("broker", "weak")];
    expect(own.outcome).toMatchObject({ outcome: "scanned", way: "shell" });
    expect(own.results).toEqual(shared.results);
    expect(credentialsIn(cluster)).toEqual(none);
  });

  it("are what the container is entered with", async () => {
    const execs: string[] = [];
    const tell = (connection: Connection, who: string): Connection => ({
      ...connection,
      as: (token) => tell(connection.as(token), "its own account"),
      authorize: async () => {
        execs.push(who);
        return connection.authorize();
      },
    });
    const connectAs = async () => tell(as("broker"), "broker");
    await scan("broker", "weak", { policy, connect: connectAs });
    const last = execs.lastIndexOf("its own account");
    expect(execs.slice(execs.indexOf("its own account"), last).filter((who) => who === "broker")).toEqual([]);
    expect(execs.slice(last + 1).every((who) => who === "broker")).toBe(true);
  });

  it("that a killed scan left behind go with the next request", async () => {
    const longAgo = () => cluster.clock.now() - 3_600_000;
    await mintScanCredential(as("broker"), { namespace: "demo", pods: ["weak"], deadlineMs: 60_000, now: longAgo });
    expect(credentialsIn(cluster)).toEqual({ accounts: 1, roles: 1, bindings: 1 });
    await scan("broker", "weak", { policy });
    expect(credentialsIn(cluster)).toEqual(none);
  });

  it("that the executor may not make end as forbidden, with the command that prints what lacks", async () => {
    const { outcome } = await scan("onlooker", "weak", { policy });
    expect(outcome).toMatchObject({ outcome: "failed", reason: "forbidden" });
    expect(outcome.message).toContain("muster grant --broker");
  });
});

describe("a container that nobody may enter", () => {
  let looked: Awaited<ReturnType<typeof scanOne>>;
  beforeAll(async () => {
    const path = exportedImage(cluster, "muster.test/debian-weak:1", store);
    looked = await scan("onlooker", "weak", { images: { kind: "file", path } });
  });

  it("is answered from its image, and the report says why, and that drift cannot be seen", () => {
    expect(looked.outcome).toMatchObject({ outcome: "scanned", way: "image" });
    expect(looked.summary?.wayReasons.join(" ")).toMatch(
      /cannot get resource "pods\/exec".*what has changed in the container .* cannot be seen/,
    );
    expect(looked.summary?.counts.not_reviewed).toBeGreaterThan(0);
  });

  it("has the verdicts on files that a shell in it gives", async () => {
    const connectAs = async () => connect("muster", kubeConfig(cluster));
    const { results: inside } = await scan("muster", "weak", { connect: connectAs });
    const judged = Object.entries(looked.results ?? {}).filter(([, statuses]) => !statuses.includes("skipped"));
    expect(judged.length).toBeGreaterThan(30);
    for (const [id, statuses] of judged) expect([id, statuses]).toEqual([id, inside?.[id]]);
  });

  it("ends as forbidden where images are not to be had, with what the doctor found", async () => {
    const { outcome } = await scan("onlooker", "weak");
    expect(outcome).toMatchObject({ outcome: "failed", reason: "forbidden" });
    expect(outcome.message).toMatch(
      /doctor: authorisation fails after .* s: missing in namespace demo, pod weak: get pods\/exec/,
    );
    expect(outcome.message).toContain("muster grant -n demo --pod weak");
  });
});
