/**
 * The manifest of a busybox pod that replaces one of its own programs by a script before it starts to wait.
 * The script runs under `/bin/busybox sh`; an empty one replaces nothing.
 */
export function hostilePod(name: string, script: string, ...programs: readonly string[]): string {
  const replace = programs
    .map(
      (program) => `rm -f ${program}; printf '#!/bin/busybox sh\\n%s\\n' "$SCRIPT" >${program}; chmod 755 ${program}`,
    )
    .join("; ");
  const wait = "trap 'exit 0' TERM; echo ready >/ready; while :; do /bin/busybox sleep 3600 & wait $!; done";
  const command = ["/bin/busybox", "sh", "-c", [replace, wait].filter(Boolean).join("; ")];
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "demo", labels: { app: name } },
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: [{ name: "main", image: "muster.test/busybox:1", command, env: [{ name: "SCRIPT", value: script }] }],
    },
  });
}
