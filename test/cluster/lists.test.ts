import { beforeAll, expect, test } from "vitest";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { ask } from "#test/support/api-client.ts";
import { sharedCluster } from "#test/support/cluster.ts";

let cluster: EmbeddedCluster;
beforeAll(async () => {
  cluster = await sharedCluster();
});

const PODS = "/api/v1/namespaces/demo/pods";

async function names(query: string): Promise<string[]> {
  const answer = await ask(cluster, `${PODS}?${query}`);
  return answer.json.items.map((pod: { metadata: { name: string } }) => pod.metadata.name);
}

test.each([
  ["labelSelector=app%3Dweak", ["weak"]],
  ["labelSelector=tier", ["hardened", "weak"]],
  ["labelSelector=tier!%3Dlegacy,app+in+(weak,hardened)", ["hardened"]],
  [
    "labelSelector=!pod-template-hash,app+notin+(busybox-only,bash-no-sh,scratch,non-root-readonly)",
    ["hardened", "stopped", "two-containers", "weak"],
  ],
  ["fieldSelector=metadata.name%3Dscratch", ["scratch"]],
  ["fieldSelector=status.phase!%3DRunning", ["stopped"]],
  ["fieldSelector=spec.nodeName%3Delsewhere", []],
])("%s selects %j", async (query, expected) => {
  expect(await names(query)).toEqual(expected);
});

test("a field that pods do not have is 400", async () => {
  const answer = await ask(cluster, `${PODS}?fieldSelector=spec.colour%3Dred`);
  expect(answer.code).toBe(400);
  expect(answer.json.message).toContain("field label not supported: spec.colour");
});

test("pages give every pod once, as of the first page's revision", async () => {
  const all = await names("");
  const seen: string[] = [];
  let next = "";
  let revision = "";
  do {
    const { json } = await ask(cluster, `${PODS}?limit=3&continue=${next}`);
    revision ||= json.metadata.resourceVersion;
    expect(json.metadata.resourceVersion).toBe(revision);
    seen.push(...json.items.map((pod: { metadata: { name: string } }) => pod.metadata.name));
    next = json.metadata.continue ?? "";
    if (seen.length === 3) await cluster.apply(BYSTANDER);
  } while (next !== "");
  expect(seen).toEqual(all);
  await cluster.deletePod("demo", "bystander");
});

test("a continue token from before a compaction is 410 Expired", async () => {
  const { json } = await ask(cluster, `${PODS}?limit=3`);
  await cluster.apply(BYSTANDER);
  cluster.store.compact();
  const answer = await ask(cluster, `${PODS}?limit=3&continue=${json.metadata.continue}`);
  expect(answer.code).toBe(410);
  expect(answer.json.reason).toBe("Expired");
  await cluster.deletePod("demo", "bystander");
});

test("a watch from before a compaction is told 410 in an ERROR event", async () => {
  await cluster.apply(BYSTANDER);
  cluster.store.compact();
  await cluster.deletePod("demo", "bystander");
  const answer = await ask(cluster, `${PODS}?watch=1&resourceVersion=1&timeoutSeconds=1`);
  expect(JSON.parse(answer.text)).toMatchObject({ type: "ERROR", object: { code: 410, reason: "Expired" } });
});

test("a watch without a revision begins with everything there is", async () => {
  const answer = await ask(cluster, `${PODS}?watch=1&timeoutSeconds=1&labelSelector=tier`);
  const events = answer.text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(events.map((event) => `${event.type} ${event.object.metadata.name}`)).toEqual([
    "ADDED hardened",
    "ADDED weak",
  ]);
});

test("who asks for a Table gets rows", async () => {
  const accept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
  const { json } = await ask(cluster, `${PODS}?labelSelector=app%3Dweak`, { accept });
  expect(json.kind).toBe("Table");
  expect(json.rows[0].cells.slice(0, 3)).toEqual(["weak", "1/1", "Running"]);
});

test("what a container wrote is its log", async () => {
  const answer = await ask(cluster, `${PODS}/stopped/log`, { context: "muster-admin" });
  expect(answer.text).toBe("done\n");
});

const BYSTANDER = `
apiVersion: v1
kind: Pod
metadata: { name: bystander, namespace: demo }
spec:
  containers: [{ name: main, image: "muster.test/not-there:1" }]
`;
