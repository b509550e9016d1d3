import type { V1Pod } from "@kubernetes/client-node";
import { describe, expect, it } from "vitest";
import { containersOf } from "#cluster/containers.ts";

const digest = `sha256:${"a".repeat(64)}`;
const pod = (given: object = {}, status: object = {}): V1Pod =>
  ({
    metadata: { name: "web-x", namespace: "shop", uid: "u", ...given },
    spec: {
      nodeName: "n1",
      containers: [{ name: "main", image: "web:1" }],
      initContainers: [{ name: "init", image: "init:1" }],
    },
    status: {
      phase: "Running",
      containerStatuses: [
        {
          name: "main",
          containerID: "containerd://abc",
          restartCount: 2,
          imageID: `registry.test/web@${digest}`,
          state: { running: {} },
        },
      ],
      ...status,
    },
  }) as unknown as V1Pod; // only the fields that are read

const only = (given?: object, status?: object) => {
  const [found] = containersOf("prod", pod(given, status), ["containers"]);
  if (found === undefined) throw new Error("the pod has a container");
  return found;
};
const owned = (kind: string, name: string) => ({ ownerReferences: [{ kind, name, controller: true }] });

describe("a container", () => {
  it("is told with all that identifies it", () => {
    expect(only()).toMatchObject({
      running: true,
      target: {
        ...{ cluster: "prod", namespace: "shop", pod: "web-x", podUid: "u", container: "main", restartCount: 2 },
        ...{ containerId: "containerd://abc", imageDigest: digest, node: "n1", os: "linux" },
      },
    });
  });

  it("belongs to the Deployment behind its ReplicaSet", () => {
    const given = { ...owned("ReplicaSet", "web-7d9c"), labels: { "pod-template-hash": "7d9c" } };
    expect(only(given).target.workload).toEqual({ kind: "Deployment", name: "web" });
  });

  it("belongs to a ReplicaSet that no Deployment made", () => {
    expect(only(owned("ReplicaSet", "web-7d9c")).target.workload).toEqual({ kind: "ReplicaSet", name: "web-7d9c" });
  });

  it("belongs to its pod when nothing owns that", () => {
    expect(only().target.workload).toEqual({ kind: "Pod", name: "web-x" });
  });

  it.each([
    [{ terminated: { reason: "Completed", exitCode: 0 } }, "terminated: Completed (exit code 0)"],
    [{ waiting: { reason: "CrashLoopBackOff" } }, "waiting: CrashLoopBackOff"],
    [{}, "not started; the pod is Running"],
  ])("that does not run says so: %j", (state, words) => {
    const found = only({}, { containerStatuses: [{ name: "main", state }] });
    expect(found).toMatchObject({ running: false, state: words });
  });

  it("of a pod that is being deleted does not count as running", () => {
    expect(only({ deletionTimestamp: "2026-11-24T00:00:00Z" })).toMatchObject({ running: false });
  });

  it("that never got a status is found all the same", () => {
    expect(only({}, { containerStatuses: undefined, phase: "Pending" })).toMatchObject({
      running: false,
      target: { containerId: "", imageDigest: "" },
    });
  });

  it("of another kind is found only when asked for", () => {
    const names = (kinds: ("containers" | "initContainers")[]) =>
      containersOf("prod", pod(), kinds).map(({ target }) => target.container);
    expect(names(["containers"])).toEqual(["main"]);
    expect(names(["initContainers"])).toEqual(["init"]);
  });
});

describe("the OS of a container", () => {
  const osOf = (spec: object, windows = new Set<string>()) => {
    const given = pod();
    const told = { ...given, spec: { ...given.spec, ...spec } } as V1Pod; // only the fields that are read
    return containersOf("prod", told, ["containers"], windows)[0]?.target.os;
  };
  const affinity = (...terms: readonly string[][]) => ({
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: terms.map((values) => ({
            matchExpressions: [{ key: "kubernetes.io/os", operator: "In", values }],
          })),
        },
      },
    },
  });

  it.each([
    [{ os: { name: "windows" } }, "windows"],
    [{ os: { name: "linux" }, nodeSelector: { "kubernetes.io/os": "windows" } }, "linux"],
    [{ nodeSelector: { "kubernetes.io/os": "windows" } }, "windows"],
    [affinity(["windows"]), "windows"],
    [affinity(["windows"], ["windows"]), "windows"],
    [affinity(["windows"], ["linux"]), "linux"],
    [affinity(["windows", "linux"]), "linux"],
    [{}, "linux"],
  ])("is what the pod says: %j", (spec, os) => {
    expect(osOf(spec)).toBe(os);
  });

  it("is its node's where the pod says nothing, and only there", () => {
    expect(osOf({}, new Set(["n1"]))).toBe("windows");
    expect(osOf({}, new Set(["n2"]))).toBe("linux");
    expect(osOf({ os: { name: "linux" } }, new Set(["n1"]))).toBe("linux");
  });
});
