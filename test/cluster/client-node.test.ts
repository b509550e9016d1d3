import { PassThrough } from "node:stream";
import { AppsV1Api, CoreV1Api, Exec, type V1Pod, type V1Status, Watch } from "@kubernetes/client-node";
import { beforeAll, expect, test } from "vitest";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { eventually, kubeConfig, sharedCluster } from "#test/support/cluster.ts";

let cluster: EmbeddedCluster;
beforeAll(async () => {
  cluster = await sharedCluster();
});

test("the sample workloads are eleven containers, nine of them running with a shell", async () => {
  const { items } = await kubeConfig(cluster).makeApiClient(CoreV1Api).listNamespacedPod({ namespace: "demo" });
  const statuses = items.flatMap((pod) => pod.status?.containerStatuses ?? []);
  expect(statuses.length).toBe(11);
  expect(statuses.filter((status) => status.state?.running !== undefined).length).toBe(10);
});

test("a container is named by runtime id and image digest", async () => {
  const pod = await kubeConfig(cluster).makeApiClient(CoreV1Api).readNamespacedPod({ namespace: "demo", name: "weak" });
  const [status] = pod.status?.containerStatuses ?? [];
  expect(status?.containerID).toMatch(/^containerd:\/\/[0-9a-f]{64}$/);
  expect(status?.imageID).toMatch(/^muster\.test\/debian-weak@sha256:[0-9a-f]{64}$/);
  expect(status?.restartCount).toBe(0);
});

test("a Deployment's pods lead to it by their owners", async () => {
  const config = kubeConfig(cluster);
  const { items } = await config
    .makeApiClient(CoreV1Api)
    .listNamespacedPod({ namespace: "demo", labelSelector: "app=web" });
  expect(items.length).toBe(2);
  const [owner] = items[0]?.metadata?.ownerReferences ?? [];
  expect(owner).toMatchObject({ kind: "ReplicaSet", controller: true });
  const replicaSet = await config
    .makeApiClient(AppsV1Api)
    .readNamespacedReplicaSet({ namespace: "demo", name: owner?.name ?? "" });
  expect(replicaSet.metadata?.uid).toBe(owner?.uid);
  expect(replicaSet.metadata?.ownerReferences?.[0]).toMatchObject({ kind: "Deployment", name: "web" });
});

test("a watch tells of a pod from its creation to its end, and of its restarts", async () => {
  const seen: string[] = [];
  const watch = new Watch(kubeConfig(cluster));
  const controller = await watch.watch(
    "/api/v1/namespaces/demo/pods",
    { fieldSelector: "metadata.name=watched", allowWatchBookmarks: true },
    (type: string, pod: V1Pod) => {
      const [status] = pod.status?.containerStatuses ?? [];
      seen.push(`${type} ${status?.restartCount ?? 0} ${Object.keys(status?.state ?? {})[0] ?? "none"}`);
    },
    () => {},
  );
  await cluster.apply(`
apiVersion: v1
kind: Pod
metadata: { name: watched, namespace: demo }
spec:
  containers:
    - { name: main, image: "muster.test/busybox:1", command: ["/bin/sleep", "3600"] }
`);
  const first = cluster.pod("demo", "watched")?.status.containerStatuses?.[0]?.containerID;
  await cluster.killContainer("demo", "watched", "main");
  const again = cluster.pod("demo", "watched")?.status.containerStatuses?.[0];
  expect(again?.restartCount).toBe(1);
  expect(again?.containerID).not.toBe(first);
  expect(again?.lastState.terminated?.exitCode).toBe(137);
  await cluster.deletePod("demo", "watched");
  await eventually("the end of the pod", () => seen.some((line) => line.startsWith("DELETED")) || undefined);
  controller.abort();
  expect(seen[0]).toMatch(/^ADDED/);
  expect(seen).toContain("MODIFIED 0 running");
  expect(seen).toContain("MODIFIED 0 terminated");
  expect(seen).toContain("MODIFIED 1 running");
  expect(seen.at(-1)).toMatch(/^DELETED/);
});

test("exec with stdin ends by the half-close and gives the status", async () => {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const chunks: Uint8Array[] = [];
  stdout.on("data", (chunk: Uint8Array) => chunks.push(chunk));
  const { promise, resolve } = Promise.withResolvers<V1Status>();
  await new Exec(kubeConfig(cluster)).exec(
    "demo",
    "two-containers",
    "second",
    ["/bin/sh", "-c", "cat; echo $ROLE"],
    stdout,
    null,
    stdin,
    false,
    resolve,
  );
  stdin.end("typed\n");
  expect((await promise).status).toBe("Success");
  expect(Buffer.concat(chunks).toString()).toBe("typed\nsecond\n");
});

test("a deleted replica is replaced by another pod", async () => {
  const pods = kubeConfig(cluster).makeApiClient(CoreV1Api);
  const names = async (): Promise<string[]> =>
    (await pods.listNamespacedPod({ namespace: "demo", labelSelector: "app=web" })).items.map(
      (pod) => pod.metadata?.name ?? "",
    );
  const before = await names();
  await cluster.deletePod("demo", before[0] ?? "");
  const after = await names();
  expect(after.length).toBe(2);
  expect(after).not.toContain(before[0]);
});
