import { stringify } from "yaml";
import { injectSidecar } from "#cli/inject-sidecar.ts";
import { parseManifests } from "#embedded/cluster/manifests.ts";
import type { Pod } from "#embedded/cluster/store/objects.ts";
import { addEphemeral } from "../ephemeral.ts";
import { hardened, idling, manifestOf, nonRoot, type PodParts, plain, podOf } from "../pod.ts";
import type { MatrixRow } from "../row.ts";

const two = podOf([plain("distroless", { name: "first" }), plain("distroless-weak", { name: "second" })]);
const shared = podOf([plain("distroless", { name: "first" }), plain("distroless-weak", { name: "second" })], {
  shareProcessNamespace: true,
});
const mirror = { "kubernetes.io/config.mirror": "3f0c8a6f7d1e4b5a9c2d" };

/** A pod as `muster sidecar inject` gives it out. */
function carrying(parts: PodParts, restricted: boolean): PodParts {
  const text = injectSidecar(stringify(manifestOf(parts, "any", "any")), {
    image: "muster.test/toolbox:1",
    restricted,
  });
  const [pod] = parseManifests(text, "injected");
  if (pod === undefined) throw new Error("the sidecar was injected into nothing");
  return { spec: (pod as Pod).spec }; // a Pod went in
}

/** Pods that are made of more than one plain container. */
export const podRows: readonly MatrixRow[] = [
  ...(["first", "second"] as const).map((container): MatrixRow => {
    const title = `Pod of two containers without a shell: the ${container}`;
    return {
      id: `two-containers-${container}`,
      title,
      level: "privileged",
      policy: "toolbox",
      ends: "toolbox-chroot",
      pod: two,
      container,
    };
  }),
  {
    ...{ id: "init-running", title: "Native sidecar: an init container that keeps running", level: "baseline" },
    ...{ ends: "shell", include: ["initContainers"], container: "mesh", versions: ["1.31", "1.36"] },
    pod: podOf([plain("distroless")], {
      initContainers: [idling("alpine-like", { name: "mesh", restartPolicy: "Always" })],
    }),
  },
  {
    ...{ id: "init-ended", title: "Init container that has done its work", level: "baseline" },
    ...{ ends: "not-running", include: ["initContainers"], container: "prepare" },
    pod: podOf([plain("distroless")], {
      initContainers: [plain("busybox", { name: "prepare", command: ["/bin/sh", "-c", "exit 0"] })],
    }),
  },
  {
    ...{ id: "ephemeral", title: "Ephemeral container, as kubectl debug adds it", level: "baseline", ends: "shell" },
    ...{ include: ["ephemeralContainers"], container: "debugger" },
    pod: podOf([plain("distroless")]),
    before: (stage) =>
      addEphemeral(stage, [idling("busybox", { name: "debugger", targetContainerName: "app" })], "running"),
  },
  {
    ...{ id: "shared-processes", title: "Pod that shares one process namespace, without a shell", level: "privileged" },
    ...{ policy: "toolbox", ends: "toolbox-chroot", pod: shared, container: "second" },
  },
  {
    ...{ id: "sidecar", title: "Pod that carries the muster sidecar, without a shell", level: "privileged" },
    ...{ ends: "sidecar", container: "second", versions: ["1.31", "1.36"] },
    pod: carrying(two, false),
  },
  {
    ...{ id: "sidecar-restricted", title: "Pod that carries the muster sidecar, non-root", level: "restricted" },
    ...{ ends: "sidecar" },
    pod: carrying(podOf([plain("distroless-weak", { securityContext: hardened })], { securityContext: nonRoot }), true),
  },
  {
    ...{ id: "static-pod", title: "Static pod with a shell", level: "privileged", ends: "shell" },
    pod: { ...podOf([idling("debian-weak")]), annotations: mirror },
  },
  {
    ...{ id: "static-pod-distroless", title: "Static pod without a shell", level: "privileged" },
    ...{ policy: "toolbox", ends: "toolbox-refused" },
    pod: { ...podOf([plain("distroless")]), annotations: mirror },
  },
];
