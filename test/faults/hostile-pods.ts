/** What a pod's image is and how its scripts run. */
interface System {
  readonly image: string;
  readonly shell: readonly string[];
}

/** Its shell has its own `cat`, `stat` and so on built in: only `/bin/sh` itself can be replaced here. */
export const busybox: System = { image: "muster.test/busybox:1", shell: ["/bin/busybox", "sh"] };
/** Its programs are files of their own, and each can be replaced. */
export const debian: System = { image: "muster.test/debian-weak:1", shell: ["/bin/bash"] };

/**
 * The manifest of a pod that replaces some of its own programs by a script before it starts to wait. Without programs
 * it replaces nothing.
 */
export function hostilePod(
  { image, shell }: System,
  name: string,
  script = "",
  programs: readonly string[] = [],
): string {
  const replace = programs.map(
    (program) => `rm -f ${program}; printf '#!${shell.join(" ")}\\n%s\\n' "$SCRIPT" >${program}; chmod 755 ${program}`,
  );
  const wait = "trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done";
  const command = [...shell, "-c", [...replace, wait].join("; ")];
  const env = [{ name: "SCRIPT", value: script }];
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "demo", labels: { app: name } },
    spec: { terminationGracePeriodSeconds: 0, containers: [{ name: "main", image, command, env }] },
  });
}
