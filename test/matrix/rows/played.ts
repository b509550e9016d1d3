import { hardened, idling, plain, podOf } from "../pod.ts";
import { everyVersion, type MatrixRow } from "../row.ts";
import { refusingExec } from "../runtime-words.ts";

const shown = "played by the embedded API";
const alpine = podOf([idling("alpine-like")]);
/** What the restricted level asks for of a pod with a user namespace: it may run as root. */
const { runAsUser: _user, runAsGroup: _group, runAsNonRoot: _nonRoot, ...bare } = hardened;
const noShell = podOf([plain("distroless")]);

/** What the runtime of a test machine cannot do: its words and choices are those that such runtimes are known for. */
export const playedRows: readonly MatrixRow[] = [
  {
    ...{ id: "user-namespace", title: "Pod with a user namespace of its own", level: "baseline", shown, ends: "shell" },
    pod: podOf([idling("alpine-like")], { hostUsers: false }),
  },
  {
    ...{ id: "user-namespace-distroless", title: "Pod with a user namespace, without a shell", level: "privileged" },
    ...{ shown, policy: "toolbox", ends: "toolbox-chroot", pod: podOf([plain("distroless")], { hostUsers: false }) },
  },
  {
    ...{ id: "user-namespace-restricted", title: "Pod with a user namespace, root in it, without a shell" },
    ...{ level: "restricted", shown, policy: "toolbox", ends: "toolbox-read" },
    pod: podOf([plain("distroless", { securityContext: bare })], { hostUsers: false }),
  },
  {
    ...{ id: "sandboxed", title: "Sandboxed runtime that ignores targetContainerName", level: "privileged", shown },
    ...{ policy: "toolbox", ends: "toolbox-refused", pod: noShell },
    before: ({ joins }) => joins(() => undefined),
  },
  {
    ...{ id: "neighbour", title: "Runtime that joins the neighbour's processes", level: "privileged", shown },
    ...{ policy: "toolbox", ends: "toolbox-refused", container: "first" },
    pod: podOf([plain("distroless", { name: "first" }), plain("distroless-weak", { name: "second" })]),
    before: ({ joins }) => joins(() => "second"),
  },
  {
    ...{ id: "hidden-pids", title: "Processes of others are hidden in /proc, non-root", level: "restricted", shown },
    ...{ policy: "toolbox", ends: "toolbox-refused" },
    pod: podOf([plain("distroless", { securityContext: hardened })]),
    // What a toolbox sees then is what it sees alone.
    before: ({ joins }) => joins(() => undefined),
  },
  {
    ...{ id: "apparmor", title: "AppArmor denies the exec", level: "baseline", shown, ends: "policy-blocked" },
    ...{ versions: everyVersion, pod: alpine },
    before: (stage) => refusingExec(stage, "apparmor"),
  },
  {
    ...{ id: "selinux", title: "SELinux denies the exec", level: "baseline", shown, ends: "policy-blocked" },
    pod: alpine,
    before: (stage) => refusingExec(stage, "selinux"),
  },
  {
    ...{ id: "crun", title: "No shell, in the words of crun", level: "privileged", shown },
    ...{ policy: "toolbox", ends: "toolbox-chroot", pod: noShell },
    before: (stage) => refusingExec(stage, "crun"),
  },
];
