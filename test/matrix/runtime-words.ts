import type { Stage } from "./stage.ts";

const start = "OCI runtime exec failed: exec failed: unable to start container process: ";

/** What runtimes and policies that are not here say when they refuse an exec. */
const words = {
  apparmor: `${start}apparmor failed to apply profile: write /proc/self/attr/apparmor/exec: permission denied`,
  selinux: `${start}error executing setns process: write /proc/thread-self/attr/exec: permission denied`,
  crun: "OCI runtime exec failed: exec failed: executable file `/bin/sh` not found: No such file or directory",
} as const;

/** No exec into the container `app` of the row's pod begins; ephemeral containers are left alone. */
export function refusingExec({ cluster, pod, atEnd }: Stage, whose: keyof typeof words): void {
  const match = ({ url }: { readonly url: string }) =>
    url.includes(`/pods/${pod}/exec?`) && /[?&]container=app\b/.test(url);
  const refusal = `failed to exec in container: failed to start exec "e1": ${words[whose]}: unknown`;
  atEnd(cluster.faults.add({ match, exec: { refusal } }));
}
