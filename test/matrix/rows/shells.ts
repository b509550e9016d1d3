import { hardened, idling, plain, podOf } from "../pod.ts";
import { everyVersion, type MatrixRow } from "../row.ts";

const bash = "/bin/bash";

/** Containers with a shell, by what the image is made of. */
export const shellRows: readonly MatrixRow[] = [
  {
    ...{ id: "debian", title: "Debian or Ubuntu, root", level: "privileged", ends: "shell", versions: everyVersion },
    pod: podOf([idling("debian-weak", {}, bash)]),
  },
  {
    ...{ id: "debian-hardened", level: "restricted", ends: "shell" },
    title: "Debian or Ubuntu: non-root, read-only, no new privileges",
    pod: podOf([idling("debian-hardened", { securityContext: { ...hardened, runAsUser: 10001, runAsGroup: 10001 } })]),
  },
  {
    ...{ id: "redhat", level: "baseline", ends: "shell" },
    title: "Red Hat-like: its release, account and package files",
    pod: podOf([idling("redhat-like")]),
  },
  {
    ...{ id: "alpine", title: "Alpine-like, busybox alone", level: "baseline", ends: "shell", versions: everyVersion },
    pod: podOf([idling("alpine-like")]),
  },
  {
    ...{ id: "alpine-hardened", level: "restricted", ends: "shell" },
    title: "Alpine-like: non-root, read-only, no new privileges",
    pod: podOf([idling("alpine-like", { securityContext: hardened })]),
  },
  {
    ...{ id: "bash-no-sh", title: "bash, and nothing named sh", level: "baseline", ends: "shell" },
    versions: everyVersion,
    pod: podOf([idling("bash-no-sh", {}, bash)]),
  },
  {
    ...{ id: "busybox-apart", level: "baseline", ends: "shell" },
    title: "Distroless debug image: a shell in /busybox, where no search path leads",
    pod: podOf([plain("distroless-debug")]),
  },
];
