import type { ToolboxPolicy } from "#contract/policy.ts";
import type { ReasonCode } from "#contract/reasons.ts";
import { capabilitiesOf, type Form, type Ids, wordsOf } from "./toolbox/form.ts";
import { servesFor } from "./toolbox/name.ts";

/** The level of pod-security.kubernetes.io/enforce on the namespace; `unknown` when the namespace may not be read. */
export type SecurityLevel = "privileged" | "baseline" | "restricted" | "unknown";

/** All that the way into a container without a shell is chosen by. */
export interface PlanFacts {
  readonly namespace: string;
  /** The target container's name. */
  readonly container: string;
  readonly os: "linux" | "windows";
  readonly policy: ToolboxPolicy;
  /** Name of the pod's running muster sidecar, when the pod shares its process namespace with it. */
  readonly sidecar: string | undefined;
  /** The pod comes from a file on the node: no API can add anything to it. */
  readonly staticPod: boolean;
  /** May ephemeral containers be patched? Undefined when the server does not review access. */
  readonly mayPatch: boolean | undefined;
  readonly level: SecurityLevel;
  /** Whom the target's process runs as, as far as it is known. */
  readonly ids: Partial<Ids>;
  readonly nonRoot: boolean;
  readonly privileged: boolean;
  readonly addedCapabilities: readonly string[];
  /** The pod has a user namespace of its own: root in it is nobody on the node, and from 1.35 on it may be at every level. */
  readonly ownUsers: boolean;
  /** Ephemeral containers that muster has already put into the pod. */
  readonly toolboxes: number;
  /** Names of those that run still. */
  readonly running: readonly string[];
  /** What came of the forms that were tried. */
  readonly tried: readonly Attempt[];
}

/** A form that did not lead in: the API server refused it, or it ran and could not look into the target. */
export interface Attempt {
  readonly form: Form;
  readonly how: "refused" | "denied";
  readonly words: string;
}

/** The next thing to do, and in sentences why. */
export type Step =
  | { readonly kind: "sidecar"; readonly container: string; readonly because: readonly string[] }
  | { readonly kind: "toolbox"; readonly form: Form; readonly because: readonly string[] }
  | { readonly kind: "refused"; readonly code: ReasonCode; readonly because: readonly string[] };

/** Ephemeral containers stay in the pod for its life. */
const mostToolboxes = 5;

/** Where the ids are unknown and root is out of the question: what distroless images use. */
const usualIds: Ids = { uid: 65532, gid: 65532 };

/** Chooses the way into a container that has no shell (exec.md's access matrix). Asked again after each failed attempt. */
export function plan(facts: PlanFacts): Step {
  const { policy, namespace } = facts;
  const refused = (code: ReasonCode, ...because: string[]): Step => ({ kind: "refused", code, because });
  // A container of Windows is entered by its own shells or not at all; nothing is ever added to its pod.
  if (facts.os === "windows") return refused("windows-unsupported", "Windows has neither the toolbox nor the sidecar.");
  if (facts.sidecar !== undefined) {
    return { kind: "sidecar", container: facts.sidecar, because: ["The pod carries the muster sidecar."] };
  }
  if (policy.use === "never") return refused("no-shell", "The toolbox is not allowed here.");
  if (policy.image === undefined) return refused("no-shell", "No toolbox image is configured for this cluster.");
  if (policy.namespaces !== undefined && !policy.namespaces.includes(namespace)) {
    return refused("no-shell", `The toolbox is not allowed in namespace ${namespace}.`);
  }
  if (facts.staticPod) return refused("toolbox-refused", "A static pod takes no ephemeral containers.");
  if (facts.mayPatch === false) {
    return refused("forbidden", `The account may not patch pods/ephemeralcontainers in namespace ${namespace}.`);
  }
  return nextForm(facts);
}

function nextForm(facts: PlanFacts): Step {
  const because = [whoRuns(facts)];
  for (const form of formsFor(facts)) {
    const before = facts.tried.find((attempt) => sameForm(attempt.form, form));
    const forbidden = forbiddenBy(facts.level, form);
    if (before !== undefined) because.push(`${wordsOf(form)} was ${before.how}: ${before.words}`);
    else if (forbidden !== undefined) because.push(`${wordsOf(form)} is out: ${forbidden}`);
    else if (facts.toolboxes >= mostToolboxes && !isThere(facts, form)) {
      because.push(`The pod has ${facts.toolboxes} toolbox containers already, and none can be removed.`);
      return { kind: "refused", code: "toolbox-refused", because };
    } else return { kind: "toolbox", form, because: [...because, `${wordsOf(form)} is the way in.`] };
  }
  return { kind: "refused", code: "toolbox-refused", because };
}

const isThere = ({ running, policy, container }: PlanFacts, form: Form) =>
  running.some((name) => servesFor(name, form, policy.image ?? "", container));

/** What could lead in, the fullest view first, and of two with the same view the one with fewer rights. */
function formsFor({ ids, nonRoot, privileged, addedCapabilities, ownUsers }: PlanFacts): readonly Form[] {
  const root: Form = { kind: "root", capabilities: addedCapabilities };
  const ptrace: Form = { kind: "ptrace" };
  // Root without capabilities may look at what root without capabilities runs.
  const bareRoot: readonly Form[] = ownUsers ? [{ kind: "same-ids", ids: { uid: 0, gid: 0 } }] : [];
  const { uid, gid } = ids;
  if (uid === 0) return privileged ? [ptrace] : [root, ptrace, ...bareRoot];
  if (uid !== undefined) return [ptrace, { kind: "same-ids", ids: { uid, gid: gid ?? uid } }];
  const guess: Form = { kind: "same-ids", ids: usualIds };
  return nonRoot ? [ptrace, guess] : [ptrace, root, ...bareRoot, guess];
}

/** Why the namespace's own label rules a form out, so that no request is made only to be refused and logged as such. */
function forbiddenBy(level: SecurityLevel, form: Form): string | undefined {
  if (level !== "baseline" && level !== "restricted") return undefined;
  const words = `the namespace enforces pod security "${level}", which forbids`;
  if (form.kind === "ptrace") return `${words} SYS_PTRACE.`;
  if (form.kind === "root" && level === "restricted") return `${words} root.`;
  return undefined;
}

function whoRuns({ ids, nonRoot }: PlanFacts): string {
  if (ids.uid === undefined) return `The pod does not say whom its process runs as${nonRoot ? ", but not root" : ""}.`;
  return `The target's process runs as ${ids.uid}:${ids.gid ?? "?"}.`;
}

function sameForm(one: Form, other: Form): boolean {
  if (one.kind === "same-ids" && other.kind === "same-ids") {
    return one.ids.uid === other.ids.uid && one.ids.gid === other.ids.gid;
  }
  return one.kind === other.kind && String(capabilitiesOf(one)) === String(capabilitiesOf(other));
}
