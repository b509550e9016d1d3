import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { carryOut } from "#cli/carry-out.ts";
import { profileFrom } from "#cli/profile-source.ts";
import { type Connection, connect } from "#cluster/connection.ts";
import { examine, faultOf } from "#cluster/doctor/doctor.ts";
import { type GrantRequest, grantFor } from "#cluster/grant/grant.ts";
import type { Manifest } from "#cluster/grant/objects.ts";
import type { PolicyRule } from "#cluster/grant/rules.ts";
import { nodeArchitecture, windowsNodes } from "#cluster/nodes.ts";
import type { ScanRequest, TargetEntry } from "#contract/request.ts";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import type { KubernetesVersion } from "#embedded/cluster/versions.ts";
import { openShell } from "#reach/open-shell.ts";
import { kubeConfig, sharedCluster } from "#test/support/cluster.ts";

const folder = mkdtempSync(join(tmpdir(), "muster-grant-"));
let cluster: EmbeddedCluster;
beforeAll(async () => {
  cluster = await sharedCluster();
});
afterEach(() => cluster.behaveLike("1.36"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const subject = { kind: "ServiceAccount", name: "granted", namespace: "muster" } as const;
const named: TargetEntry = { cluster: "demo", namespaces: ["demo"], pods: ["busybox-only"] };
const selected: TargetEntry = { cluster: "demo", namespaces: ["demo"], labelSelector: "app=busybox-only" };

/** Applies a grant, or what is left of it without one verb, and gives a connection that holds it and nothing else. */
async function holding(
  entry: TargetEntry,
  without?: { readonly verb: string; readonly resource: string },
  more: Partial<GrantRequest> = {},
): Promise<Connection> {
  const request = { entries: [entry], subject, makeSubject: true, toolbox: false, broker: false, ...more };
  const objects = grantFor(request).map(({ object }) => (without === undefined ? object : lessened(object, without)));
  await cluster.apply(objects);
  return connect("demo", kubeConfig(cluster)).as(cluster.token("muster", "granted"));
}

function lessened(
  object: Manifest,
  { verb, resource }: { readonly verb: string; readonly resource: string },
): Manifest {
  if (object.rules === undefined) return object;
  const rules = object.rules as readonly PolicyRule[]; // as grantFor makes them
  const less = rules.map((rule) =>
    rule.resources.includes(resource) ? { ...rule, verbs: rule.verbs.filter((each) => each !== verb) } : rule,
  );
  return { ...object, rules: less.filter(({ verbs }) => verbs.length > 0) };
}

async function scan(connection: Connection, entry: TargetEntry) {
  const request: ScanRequest = { schemaVersion: 1, profile: "container-baseline", targets: [entry] };
  const { outcomes } = await carryOut({
    request,
    registrations: [await profileFrom("container-baseline")],
    clusters: new Map([["demo", async () => connection]]),
    store: join(folder, String(Math.random())),
    progress: { say: () => undefined, hear: () => undefined, end: () => undefined },
  });
  return outcomes;
}

describe.each([
  ["a pod by its name", named],
  ["pods by a selector", selected],
])("a grant for %s", (_what, entry) => {
  it("is enough to scan with", async () => {
    expect(await scan(await holding(entry), entry)).toMatchObject([{ outcome: "scanned", reason: null, way: "shell" }]);
  });

  it("is enough for every hop of the doctor", async () => {
    const connection = await holding(entry);
    const diagnosis = await examine(connection, { namespace: "demo", pod: entry.pods?.[0], openShell });
    expect(diagnosis).toMatchObject({ healthy: true, fault: null });
  });
});

describe("a grant without one of its verbs", () => {
  it.each([
    ["list", "pods", selected],
    ["get", "pods", named],
    ["get", "pods/exec", named],
    ["create", "pods/exec", named],
  ])("%s %s ends a scan as forbidden, and the message names it", async (verb, resource, entry) => {
    const outcomes = await scan(await holding(entry, { verb, resource }), entry);
    expect(outcomes).toMatchObject([{ outcome: "failed", reason: "forbidden" }]);
    const { message } = outcomes[0] ?? { message: "" };
    for (const word of [verb, `"${resource}"`, 'in the namespace "demo"']) expect(message).toContain(word);
  });

  it.each([
    ["list", "pods", selected],
    ["get", "pods", named],
    ["watch", "pods", named],
    ["get", "pods/exec", named],
    ["create", "pods/exec", named],
  ])("%s %s is told by the doctor before any exec", async (verb, resource, entry) => {
    const connection = await holding(entry, { verb, resource });
    const diagnosis = await examine(connection, { namespace: "demo", pod: entry.pods?.[0], openShell });
    expect(diagnosis.fault).toMatchObject({ hop: "authorisation", reason: "forbidden" });
    expect(diagnosis.fault?.message).toBe(
      `missing in namespace demo${entry.pods ? ", pod busybox-only" : ""}: ${verb} ${resource}`,
    );
    expect(diagnosis.hops.slice(-2).map(({ state }) => state)).toEqual(["not-tried", "not-tried"]);
    expect(faultOf(diagnosis)).toMatchObject({ code: "forbidden", retryable: false });
  });
});

describe("a grant for one version", () => {
  it.each<[KubernetesVersion, boolean]>([
    ["1.27", true],
    ["1.31", true],
    ["1.36", false],
  ])("without create on pods/exec: %s lets a scan in: %s", async (version, lets) => {
    const connection = await holding(named, undefined, { serverVersion: "1.31" });
    cluster.behaveLike(version);
    const diagnosis = await examine(connection, { namespace: "demo", pod: "busybox-only", openShell });
    expect(diagnosis.healthy).toBe(lets);
    if (lets) expect(diagnosis.warnings.join()).toContain("from Kubernetes 1.35 on");
    else expect(diagnosis.fault?.message).toContain("create pods/exec");
  });
});

it("a grant for named pods opens no other pod, nor the list", async () => {
  const connection = await holding(named);
  const other = await examine(connection, { namespace: "demo", pod: "weak" });
  expect(other.fault?.message).toBe(
    "missing in namespace demo, pod weak: get pods, watch pods, get pods/exec, create pods/exec",
  );
  const any = await examine(connection, { namespace: "demo" });
  expect(any.fault?.message).toContain("list pods");
});

it("a grant for nodes is enough to find Windows and to tell architectures, and none of the others is", async () => {
  const labels = { "kubernetes.io/os": "windows" };
  await cluster.apply([{ apiVersion: "v1", kind: "Node", metadata: { name: "windows-node", labels } }]);
  const node = cluster.pod("demo", "busybox-only")?.spec.nodeName ?? "";
  const found = async (more: Partial<GrantRequest>) => {
    const connection = await holding(named, undefined, more);
    const signal = AbortSignal.timeout(10_000);
    return [await windowsNodes(connection, signal), await nodeArchitecture(connection, node, signal)];
  };
  expect(await found({})).toEqual([new Set(), undefined]);
  expect(await found({ nodes: true })).toEqual([new Set(["windows-node"]), "amd64"]);
});

it("docs/rbac.yaml holds what the doctor asks for, once the namespace is put in", async () => {
  const text = readFileSync(new URL("../../docs/rbac.yaml", import.meta.url), "utf8");
  await cluster.apply(text.replaceAll("your-namespace", "demo").replaceAll("scanner", "documented"));
  expect(parseAllDocuments(text).length).toBe(4);
  const connection = connect("demo", kubeConfig(cluster)).as(cluster.token("muster", "documented"));
  expect(await examine(connection, { namespace: "demo", openShell })).toMatchObject({ healthy: true });
});
