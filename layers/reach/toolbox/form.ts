import type { V1EphemeralContainer, V1SecurityContext } from "@kubernetes/client-node";

export interface Ids {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The rights that a toolbox container is made with. `root` and `ptrace` enter the target by chroot; `same-ids` passes at
 * the restricted level and can only read, since chroot takes a capability.
 */
export type Form =
  | { readonly kind: "root"; readonly capabilities: readonly string[] }
  | { readonly kind: "ptrace" }
  | { readonly kind: "same-ids"; readonly ids: Ids };

/** The way that a form leads to. */
export const wayOf = (form: Form) => (form.kind === "same-ids" ? "toolbox-read" : "toolbox-chroot");

/** A toolbox ends by itself: nothing of it is left running when nobody comes back. */
const lifeSeconds = 1800;

export const busybox = "/bin/busybox";

/** What is added to the runtime's default capabilities: the kernel wants the looker's to include the target's. */
export function capabilitiesOf(form: Form): readonly string[] {
  if (form.kind === "ptrace") return ["SYS_PTRACE"];
  return form.kind === "root" ? [...form.capabilities].sort() : [];
}

/** The form as the beginning of a sentence. */
export function wordsOf(form: Form): string {
  if (form.kind === "same-ids") return `A reading toolbox as ${form.ids.uid}:${form.ids.gid}`;
  return form.kind === "ptrace" ? "A toolbox as root with SYS_PTRACE" : "A toolbox as root";
}

/** The ephemeral container of a form, as it is patched into the pod (kubernetes/api core/v1 EphemeralContainer). */
export function containerOf(form: Form, name: string, image: string, target: string): V1EphemeralContainer {
  return {
    name,
    image,
    imagePullPolicy: "IfNotPresent",
    command: [busybox, "sleep", String(lifeSeconds)],
    targetContainerName: target,
    securityContext: securityOf(form),
  };
}

/** What the container may do: no more than its form needs. */
export function securityOf(form: Form): V1SecurityContext {
  if (form.kind === "same-ids") {
    // With the user alone, an image without an account for it gives group 0, and the kernel denies the look.
    return {
      runAsUser: form.ids.uid,
      runAsGroup: form.ids.gid,
      runAsNonRoot: form.ids.uid !== 0,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      seccompProfile: { type: "RuntimeDefault" },
    };
  }
  const add = [...capabilitiesOf(form)];
  // The pod's own runAsNonRoot would keep root from starting.
  const asRoot = { runAsUser: 0, runAsGroup: 0, runAsNonRoot: false };
  return add.length === 0 ? asRoot : { ...asRoot, capabilities: { add } };
}
