import type { PolicyRule } from "./rules.ts";

/** Where the accounts of single scans live. Nobody else's account may: the broker can ask for a token of any in it. */
export const scanAccountsNamespace = "muster-scans";

/** In the namespace of the accounts. */
export const scanAccountRules: readonly PolicyRule[] = [
  { apiGroups: [""], resources: ["serviceaccounts"], verbs: ["create", "list", "delete"] },
  { apiGroups: [""], resources: ["serviceaccounts/token"], verbs: ["create"] },
];

/**
 * Where the broker lets others scan: it makes roles and bindings, and holds itself what it hands on, since RBAC lets
 * nobody grant more than that. Neither `escalate` nor `bind` is among its verbs.
 */
export function brokerRules(handedOn: readonly PolicyRule[]): readonly PolicyRule[] {
  const kinds = ["roles", "rolebindings"];
  const making = { apiGroups: ["rbac.authorization.k8s.io"], resources: kinds, verbs: ["create", "list", "delete"] };
  return [...handedOn, making];
}
