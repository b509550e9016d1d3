import { beforeAll, describe, expect, test } from "vitest";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { type Answer, ask } from "#test/support/api-client.ts";
import { eventually, sharedCluster } from "#test/support/cluster.ts";
import { openExec } from "#test/support/exec-socket.ts";

let cluster: EmbeddedCluster;
beforeAll(async () => {
  cluster = await sharedCluster();
});

interface Toolbox {
  readonly name: string;
  readonly [field: string]: unknown;
}

const toolbox = (name: string, fields: object = {}): Toolbox => ({
  ...{ name, image: "muster.test/busybox:1", command: ["/bin/sleep", "600"], targetContainerName: "still" },
  ...fields,
});

function patch(containers: readonly object[], query = "", pod = "scratch", namespace = "demo"): Promise<Answer> {
  return ask(cluster, `/api/v1/namespaces/${namespace}/pods/${pod}/ephemeralcontainers${query}`, {
    ...{ method: "PATCH", type: "application/strategic-merge-patch+json", context: "muster-toolbox" },
    body: { spec: { ephemeralContainers: containers } },
  });
}

async function running(name: string, pod = "scratch", namespace = "demo"): Promise<void> {
  await eventually(`the ephemeral container ${name}`, () => {
    const statuses = cluster.pod(namespace, pod)?.status.ephemeralContainerStatuses ?? [];
    return statuses.find((status) => status.name === name)?.state.running;
  });
}

test("an ephemeral container sees its target as process 1, by the target's container id", async () => {
  expect((await patch([toolbox("looks")])).code).toBe(200);
  await running("looks");
  const session = await openExec(cluster, "scratch", ["/bin/sh", "-c", "cat /proc/1/cgroup; ls /proc/1/root; id -u"], {
    container: "looks",
  });
  await session.closed;
  const target =
    cluster.pod("demo", "scratch")?.status.containerStatuses?.[0]?.containerID?.replace("containerd://", "") ?? "";
  expect(session.output(1).toString()).toContain(target);
  expect(session.output(1).toString()).toContain("still\n");
});

test("a dry run is judged like the real thing and leaves nothing", async () => {
  const answer = await patch([toolbox("dry")], "?dryRun=All");
  expect(answer.code).toBe(200);
  expect(answer.json.spec.ephemeralContainers.map(({ name }: Toolbox) => name)).toContain("dry");
  expect(cluster.pod("demo", "scratch")?.spec.ephemeralContainers?.some(({ name }) => name === "dry") ?? false).toBe(
    false,
  );
});

test("one that is there can be neither changed nor removed", async () => {
  await patch([toolbox("stays")]);
  const changed = await patch([toolbox("stays", { image: "muster.test/other:1" })]);
  expect(changed.code).toBe(422);
  expect(changed.json.message).toContain('existing ephemeral containers "stays" may not be changed');
  const pod = cluster.pod("demo", "scratch");
  const removed = await ask(cluster, "/api/v1/namespaces/demo/pods/scratch/ephemeralcontainers", {
    ...{ method: "PUT", context: "muster-toolbox", body: { ...pod, spec: { ...pod?.spec, ephemeralContainers: [] } } },
  });
  expect(removed.code).toBe(422);
  expect(removed.json.message).toContain('existing ephemeral containers "stays" may not be removed');
});

test.each([
  { fields: { targetContainerName: "nope" }, message: 'targetContainerName: Not found: "nope"' },
  { fields: { ports: [{ containerPort: 80 }] }, message: "ports: Forbidden: cannot be set for an Ephemeral Container" },
  { fields: { image: "" }, message: "image: Required value" },
  { fields: { name: "still" }, message: 'name: Duplicate value: "still"' },
])("$message is 422", async ({ fields, message }) => {
  const answer = await patch([toolbox("wrong", fields)], "?dryRun=All");
  expect(answer.code).toBe(422);
  expect(answer.json.message).toContain(message);
});

test("an image that the node cannot get leaves it waiting", async () => {
  await patch([toolbox("no-image", { image: "muster.test/not-there:1" })]);
  const waiting = await eventually("ImagePullBackOff", () => {
    const statuses = cluster.pod("demo", "scratch")?.status.ephemeralContainerStatuses ?? [];
    const reason = statuses.find((status) => status.name === "no-image")?.state.waiting?.reason;
    return reason === "ImagePullBackOff" ? reason : undefined;
  });
  expect(waiting).toBe("ImagePullBackOff");
});

describe("pod security", () => {
  beforeAll(() => cluster.apply(SECURED));

  test("baseline names the capability that it refuses", async () => {
    const added = toolbox("ptrace", {
      targetContainerName: "main",
      securityContext: { capabilities: { add: ["SYS_PTRACE"] } },
    });
    const answer = await patch([added], "?dryRun=All", "main", "at-baseline");
    expect(answer.code).toBe(403);
    expect(answer.json.message).toBe(
      'pods "main" is forbidden: violates PodSecurity "baseline:latest": non-default capabilities (container "ptrace" must not include "SYS_PTRACE" in securityContext.capabilities.add)',
    );
  });

  test("baseline lets root and SYS_CHROOT in", async () => {
    const added = toolbox("chroot", {
      targetContainerName: "main",
      securityContext: { capabilities: { add: ["SYS_CHROOT"] } },
    });
    expect((await patch([added], "?dryRun=All", "main", "at-baseline")).code).toBe(200);
  });

  test("restricted refuses what is not non-root, without capabilities, without escalation and with seccomp", async () => {
    const answer = await patch(
      [toolbox("plain", { targetContainerName: "main" })],
      "?dryRun=All",
      "main",
      "at-restricted",
    );
    expect(answer.code).toBe(403);
    expect(answer.json.message).toContain('violates PodSecurity "restricted:latest"');
    for (const check of [
      "allowPrivilegeEscalation != false",
      "unrestricted capabilities",
      "runAsNonRoot != true",
      "seccompProfile",
    ]) {
      expect(answer.json.message).toContain(check);
    }
  });

  test("restricted lets the same ids with nothing extra in, and it runs", async () => {
    const added = toolbox("same-ids", { targetContainerName: "main", securityContext: RESTRICTED });
    expect((await patch([added], "", "main", "at-restricted")).code).toBe(200);
    await running("same-ids", "main", "at-restricted");
  });
});

const RESTRICTED = {
  ...{ runAsUser: 65532, runAsGroup: 65532, runAsNonRoot: true, allowPrivilegeEscalation: false },
  ...{ capabilities: { drop: ["ALL"] }, seccompProfile: { type: "RuntimeDefault" } },
};

const namespaceWithPod = (level: string): string => `
apiVersion: v1
kind: Namespace
metadata: { name: at-${level}, labels: { pod-security.kubernetes.io/enforce: ${level} } }
---
apiVersion: v1
kind: Pod
metadata: { name: main, namespace: at-${level} }
spec:
  containers:
    - name: main
      image: muster.test/busybox:1
      command: ["/bin/sleep", "3600"]
      securityContext: ${JSON.stringify(RESTRICTED)}
---`;

const SECURED = ["baseline", "restricted"].map(namespaceWithPod).join("\n");
