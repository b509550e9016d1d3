import { hardened, idling, manifestOf, plain, podOf } from "../pod.ts";
import type { MatrixRow } from "../row.ts";

const alpine = podOf([idling("alpine-like")]);

/** Containers that are not simply there for the whole scan. */
export const lifeRows: readonly MatrixRow[] = [
  {
    ...{ id: "completed", title: "Completed, as a Job leaves it", level: "baseline", ends: "not-running" },
    pod: podOf([plain("busybox", { command: ["/bin/sh", "-c", "exit 0"] })], { restartPolicy: "Never" }),
    before: async ({ until }) => void (await until("app", "its end", ({ state }) => state.terminated !== undefined)),
  },
  {
    ...{ id: "crash-looping", title: "Crash-looping, while it backs off", level: "baseline", ends: "not-running" },
    pod: podOf([plain("busybox", { command: ["/bin/sh", "-c", "exit 1"] })]),
    before: async ({ until }) =>
      void (await until("app", "its back-off", ({ state }) => state.waiting?.reason === "CrashLoopBackOff")),
  },
  {
    ...{
      id: "image-pull",
      title: "Waiting for an image that cannot be pulled",
      level: "baseline",
      ends: "not-running",
    },
    pod: podOf([plain("absent")]),
  },
  {
    ...{ id: "config-error", title: "Kept from starting by its own configuration", level: "baseline" },
    ...{ ends: "not-running", pod: podOf([plain("debian-weak", { securityContext: { runAsNonRoot: true } })]) },
  },
  {
    ...{ id: "terminating", title: "Terminating, within its grace period", level: "restricted", ends: "not-running" },
    pod: podOf([idling("alpine-like", { securityContext: hardened, command: stubborn() })]),
    before: ({ cluster, namespace, pod }) => {
      // It outlives the row, and ends with the cluster.
      cluster.deletePod(namespace, pod, 600).catch(() => undefined);
    },
  },
  {
    ...{ id: "restarted", title: "Restarted in the middle of the scan", level: "baseline", ends: "restarted" },
    pod: alpine,
    during: ({ cluster, namespace, pod }) => cluster.killContainer(namespace, pod, "app"),
  },
  {
    ...{ id: "deleted", title: "Deleted in the middle of the scan", level: "baseline", ends: "replaced", pod: alpine },
    during: ({ cluster, namespace, pod }) => cluster.deletePod(namespace, pod),
  },
  {
    ...{ id: "replaced", title: "Replaced in the middle of the scan by a pod of the same name", level: "baseline" },
    ...{ ends: "replaced", pod: alpine },
    during: async ({ cluster, namespace, pod }) => {
      await cluster.deletePod(namespace, pod);
      await cluster.apply([manifestOf(alpine, namespace, pod)]);
    },
  },
];

function stubborn() {
  return ["/bin/sh", "-c", "trap '' TERM; while :; do sleep 3600 & wait $!; done"];
}
