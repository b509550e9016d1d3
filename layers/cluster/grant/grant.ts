import type { TargetEntry } from "#contract/request.ts";
import { brokerRules, scanAccountRules, scanAccountsNamespace } from "./broker.ts";
import { accountObject, bindingObject, type Manifest, namespaceObject, roleObject, type Subject } from "./objects.ts";
import { seeNodes, wantsCreate } from "./rights.ts";
import { grouped, type PolicyRule, rulesFor } from "./rules.ts";
import { type Scope, scopesOf } from "./scope.ts";

export interface GrantRequest {
  /** Entries of one cluster. */
  readonly entries: readonly TargetEntry[];
  readonly subject: Subject;
  /** True: the subject's account and namespace are part of the grant; else they are taken to be there. */
  readonly makeSubject: boolean;
  readonly toolbox: boolean;
  /** Also for pods that do not say themselves what they run on: Windows, or which architecture. */
  readonly nodes?: boolean;
  /** Without it the grant holds on every version. */
  readonly serverVersion?: string | undefined;
  /** The rights of a broker, which makes a credential for each scan, instead of a scanner's. */
  readonly broker: boolean;
}

/** One object of a grant, and why it is needed, in words for a comment. */
export interface Granted {
  readonly why: string;
  readonly object: Manifest;
}

const nodes = { why: seeNodes.map(({ why }) => why).join("\n"), rules: grouped(seeNodes) };

/** The least RBAC for a request: what is to be applied in the cluster, in this order. */
export function grantFor(request: GrantRequest): readonly Granted[] {
  // What a broker hands on holds on every version.
  const create = request.broker || wantsCreate(request.serverVersion);
  const name = request.broker ? "muster-broker" : "muster-scanner";
  const extent = { create, toolbox: request.toolbox };
  const roles = scopesOf(request.entries).flatMap((scope) => {
    const rules = rulesFor(scope, extent);
    return bound(name, scope.namespace, request.subject, {
      why: [whyScope(scope), ...(create ? [] : [`create on pods/exec is needed from Kubernetes 1.35 on`])].join("\n"),
      rules: request.broker ? brokerRules(rules) : rules,
    });
  });
  return [
    ...(request.makeSubject ? subjectObjects(request.subject) : []),
    ...(request.broker ? accountsOf(name, request.subject) : []),
    ...roles,
    ...(request.nodes ? bound(`${name}-nodes`, undefined, request.subject, nodes) : []),
  ];
}

function subjectObjects(subject: Subject): readonly Granted[] {
  if (subject.kind !== "ServiceAccount") return [];
  const { name, namespace } = subject;
  return [
    { why: "the account that muster uses", object: namespaceObject(namespace) },
    { why: "", object: accountObject({ name, namespace }) },
  ];
}

/** The broker makes accounts and tokens in a namespace of their own, where there is nobody else to become. */
function accountsOf(name: string, subject: Subject): readonly Granted[] {
  const why = "accounts of single scans live alone: whoever may ask for tokens in a namespace can be anyone in it";
  return [
    { why, object: namespaceObject(scanAccountsNamespace) },
    ...bound(name, scanAccountsNamespace, subject, { why: "makes and deletes them", rules: scanAccountRules }),
  ];
}

function bound(
  name: string,
  namespace: string | undefined,
  subject: Subject,
  { why, rules }: { readonly why: string; readonly rules: readonly PolicyRule[] },
): readonly Granted[] {
  const metadata = { name, ...(namespace !== undefined && { namespace }) };
  return [
    { why, object: roleObject(metadata, rules) },
    { why: "", object: bindingObject(metadata, subject) },
  ];
}

function whyScope({ namespace, pods, lists }: Scope): string {
  if (namespace === undefined) return "a ClusterRole, because the request names no namespace: it looks at all of them";
  const listing = "list cannot be narrowed to names: it shows the specification of every pod in the namespace";
  if (pods === undefined) return lists ? `looks at any pod in ${namespace}` : "the names stand in a file elsewhere";
  return lists ? `looks at ${pods.length} named pods in ${namespace}; ${listing}` : `looks at these pods and no others`;
}
