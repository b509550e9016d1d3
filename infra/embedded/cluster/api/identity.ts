/** Who sent a request (authentication.k8s.io/v1 UserInfo). */
export interface Identity {
  readonly username: string;
  readonly uid: string;
  readonly groups: readonly string[];
}

export const ANONYMOUS: Identity = { username: "system:anonymous", uid: "", groups: ["system:unauthenticated"] };

export function serviceAccountIdentity(namespace: string, name: string, uid: string): Identity {
  return {
    username: `system:serviceaccount:${namespace}:${name}`,
    uid,
    groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
  };
}
