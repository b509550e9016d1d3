import type { ContainerSpec, KubeObject, Pod } from "../store/objects.ts";

type Level = "baseline" | "restricted";
interface Finding {
  readonly check: string;
  readonly detail: string;
}

/** What the baseline level lets a container add (Pod Security Standards, "Capabilities"). */
const BASELINE_CAPABILITIES = new Set([
  ...["AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE"],
  ...["SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"],
]);

/**
 * Pod Security Admission for a pod in a namespace, by the label pod-security.kubernetes.io/enforce.
 * Gives the reason of refusal as the plugin words it, or undefined when the pod may be. Root in a user namespace of the
 * pod's own is nobody on the node, so newer versions allow it at the restricted level too.
 */
export function podSecurityViolation(
  namespace: KubeObject | undefined,
  pod: Pod,
  relaxesForUserNamespaces: boolean,
): string | undefined {
  const level = namespace?.metadata.labels?.["pod-security.kubernetes.io/enforce"];
  if (level !== "baseline" && level !== "restricted") return undefined;
  const version = namespace?.metadata.labels?.["pod-security.kubernetes.io/enforce-version"] ?? "latest";
  const rootIsNobody = relaxesForUserNamespaces && pod.spec.hostUsers === false;
  const findings = [...baseline(pod), ...(level === "restricted" ? restricted(pod, rootIsNobody) : [])];
  if (findings.length === 0) return undefined;
  return `violates PodSecurity "${level satisfies Level}:${version}": ${findings.map((finding) => `${finding.check} (${finding.detail})`).join(", ")}`;
}

function baseline(pod: Pod): Finding[] {
  const findings: Finding[] = [];
  const { spec } = pod;
  const hosts = (["hostNetwork", "hostPID", "hostIPC"] as const).filter((field) => spec[field] === true);
  if (hosts.length > 0)
    findings.push({ check: "host namespaces", detail: hosts.map((host) => `${host}=true`).join(", ") });
  const paths = (spec.volumes ?? []).filter((volume) => volume.hostPath !== undefined);
  if (paths.length > 0) findings.push({ check: "hostPath volumes", detail: `volume ${quoted(paths)}` });
  each(
    findings,
    pod,
    "privileged",
    "must not set securityContext.privileged=true",
    (context) => context.privileged === true,
  );
  for (const container of allContainers(pod)) {
    const added = (container.securityContext?.capabilities?.add ?? []).filter(
      (name) => !BASELINE_CAPABILITIES.has(name),
    );
    if (added.length === 0) continue;
    const names = added.map((name) => `"${name}"`).join(", ");
    findings.push({
      check: "non-default capabilities",
      detail: `container "${container.name}" must not include ${names} in securityContext.capabilities.add`,
    });
  }
  each(
    findings,
    pod,
    "procMount",
    "must not set securityContext.procMount to Unmasked",
    (context) => context.procMount === "Unmasked",
  );
  return findings;
}

function restricted(pod: Pod, rootIsNobody: boolean): Finding[] {
  const findings: Finding[] = [];
  const { securityContext: ofPod } = pod.spec;
  each(
    ...([findings, pod, "allowPrivilegeEscalation != false"] as const),
    "must set securityContext.allowPrivilegeEscalation=false",
    (context) => context.allowPrivilegeEscalation !== false,
  );
  each(
    ...([findings, pod, "unrestricted capabilities"] as const),
    'must set securityContext.capabilities.drop=["ALL"]',
    (context) =>
      !(context.capabilities?.drop ?? []).includes("ALL") ||
      (context.capabilities?.add ?? []).some((name) => name !== "NET_BIND_SERVICE"),
  );
  if (!rootIsNobody) {
    each(
      ...([findings, pod, "runAsNonRoot != true"] as const),
      "must set securityContext.runAsNonRoot=true",
      (context) => (context.runAsNonRoot ?? ofPod?.runAsNonRoot) !== true,
      "pod or container",
    );
    each(
      findings,
      pod,
      "runAsUser=0",
      "must not set runAsUser=0",
      (context) => (context.runAsUser ?? ofPod?.runAsUser) === 0,
    );
  }
  each(
    ...([findings, pod, "seccompProfile"] as const),
    'must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"',
    (context) =>
      !["RuntimeDefault", "Localhost"].includes((context.seccompProfile ?? ofPod?.seccompProfile)?.type ?? ""),
    "pod or container",
  );
  return findings;
}

function each(
  findings: Finding[],
  pod: Pod,
  check: string,
  must: string,
  violates: (context: NonNullable<ContainerSpec["securityContext"]>) => boolean,
  who = "container",
): void {
  const bad = allContainers(pod).filter((container) => violates(container.securityContext ?? {}));
  if (bad.length > 0) findings.push({ check, detail: `${who}${bad.length > 1 ? "s" : ""} ${quoted(bad)} ${must}` });
}

function allContainers(pod: Pod): readonly ContainerSpec[] {
  return [...(pod.spec.initContainers ?? []), ...pod.spec.containers, ...(pod.spec.ephemeralContainers ?? [])];
}

function quoted(named: readonly { readonly name: string }[]): string {
  return named.map(({ name }) => `"${name}"`).join(", ");
}
