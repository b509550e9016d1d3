/** What a reason code means, what to do about it, and whether the same scan may succeed a little later. */
export interface Reason {
  readonly meaning: string;
  readonly advice: string;
  readonly retryable: boolean;
}

const permanent = (meaning: string, advice: string): Reason => ({ meaning, advice, retryable: false });
const passing = (meaning: string, advice: string): Reason => ({ meaning, advice, retryable: true });

/** The closed set of reasons why a target has no verdict. Nothing else may stand in an outcome. */
export const reasons = {
  "no-shell": permanent(
    "The container holds no shell that muster can start.",
    "Allow the toolbox for this cluster, or add the muster sidecar to the pod.",
  ),
  "toolbox-refused": permanent(
    "The cluster refused the ephemeral toolbox container.",
    "Read the admission rule in the message; allow it for the namespace or use the sidecar.",
  ),
  "toolbox-image": passing(
    "The node could not pull the toolbox image.",
    "Give a mirror that the node can reach, or a pull secret.",
  ),
  "windows-unsupported": permanent(
    "The container runs Windows in a form that muster cannot enter.",
    "Scan an image that carries cmd.exe or PowerShell.",
  ),
  "not-running": permanent(
    "The container was not running when muster looked.",
    "Scan again when the container runs; a completed Job cannot be scanned.",
  ),
  replaced: passing(
    "The pod was deleted, or replaced by another of the same name, during the scan.",
    "Scan again; the evidence of two pods is never mixed.",
  ),
  restarted: passing(
    "The container ended or restarted during the scan.",
    "Scan again when the container is stable; the evidence of two runs is never mixed.",
  ),
  forbidden: permanent(
    "The cluster's RBAC or admission denies what the scan needs.",
    "Apply the role in docs/rbac.yaml, bound in the namespace that the message names.",
  ),
  unauthenticated: permanent(
    "The cluster did not accept the credentials.",
    "Renew the token or client certificate in the cluster record or kubeconfig.",
  ),
  dns: passing(
    "The name of the API server did not resolve.",
    "Check the server name and the resolver of the network that muster runs in.",
  ),
  tcp: passing(
    "No TCP connection to the API server.",
    "Check VPN, routes, security groups and the port in the server URL.",
  ),
  tls: permanent(
    "The API server's certificate could not be verified, or it refused ours.",
    "Check certificate-authority-data, tls-server-name and the client certificate.",
  ),
  proxy: passing("The proxy refused the connection or did not answer.", "Check proxy-url and the proxy's allow list."),
  timeout: passing(
    "The API server did not answer in time.",
    "Check the path to the API server; raise the deadline if it is merely slow.",
  ),
  throttled: passing("The API server asked to slow down.", "Lower the cluster's concurrency cap."),
  "exec-refused": permanent(
    "The API server or the runtime refused to start the exec session.",
    "Read the message; it carries the server's own words.",
  ),
  "policy-blocked": permanent(
    "A security policy in the container's runtime blocked the exec.",
    "Allow the exec in the AppArmor, SELinux or admission policy that the message names.",
  ),
  "connection-lost": passing(
    "The connection to the container was lost and could not be taken up again.",
    "Scan again; look at the network if it happens often.",
  ),
  "profile-unknown": permanent(
    "No profile of this name or digest is registered.",
    "Correct the name, or give a profile that is there.",
  ),
  "profile-invalid": permanent(
    "The auditor cannot load the profile, or its signature or that of its inputs or waivers does not hold.",
    "Read the message; check the profile with `inspec check`, and register it again with `muster profile add`.",
  ),
  "profile-mismatch": permanent(
    "The profile is not made for this platform or this auditor.",
    "Choose a profile that supports the target, or allow the older auditor.",
  ),
  "auditor-crashed": permanent(
    "The auditor's process ended without a report.",
    "Read the auditor's last words in the message; a control that calls exit! does this.",
  ),
  deadline: permanent(
    "The scan did not end within its deadline.",
    "Raise deadlineMinutes, or split the profile; look for a control that never ends.",
  ),
  cancelled: permanent("The scan was cancelled.", "Submit it again when it is wanted."),
  "too-large": permanent(
    "Something was larger than its cap.",
    "Read the message; it names what was too large and the cap.",
  ),
  "cluster-unknown": permanent(
    "No cluster of this name is registered.",
    "Correct the name in the request, or add the cluster to the stack's context.",
  ),
  "nothing-matched": permanent(
    "The target entry matched no container.",
    "Check namespaces, labels, pod and container names.",
  ),
  "credentials-expired": passing(
    "The credentials expired during the scan.",
    "Give credentials that outlive the scan's deadline.",
  ),
  "retries-exhausted": permanent(
    "The task failed every time it was tried.",
    "Look at the executor's log for this task, then send the request again under another requestId.",
  ),
  "bad-request": permanent("The request or task breaks its schema.", "Correct the fields that the message names."),
  internal: permanent("muster itself failed.", "Report it with the message and the scan id."),
} as const satisfies Record<string, Reason>;

export type ReasonCode = keyof typeof reasons;

/** All codes, in the order of the table. */
export const reasonCodes = Object.keys(reasons) as [ReasonCode, ...ReasonCode[]]; // Object.keys forgets the keys' type
