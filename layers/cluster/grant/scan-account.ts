/** What marks everything that belongs to the credential of one scan, so that a sweeper finds what was left behind. */
export const scanLabels = { "app.kubernetes.io/managed-by": "muster", "muster.dev/credential": "scan" } as const;

/** RFC 3339; the credential is good for nothing after it. */
export const expiryAnnotation = "muster.dev/expires-at";

/** Where the objects of one credential lie. */
export interface ScanAccount {
  readonly name: string;
  /** Namespace of the account. */
  readonly home: string;
  /** Namespace of Role and RoleBinding: where the scan looks. */
  readonly namespace: string;
}

const rbac = "apis/rbac.authorization.k8s.io/v1";

/** Collections in which such objects lie, of one namespace or of all: accounts first, since with them the tokens end. */
export const collections = {
  accounts: (namespace?: string) => `api/v1/${within(namespace)}serviceaccounts`,
  bindings: (namespace?: string) => `${rbac}/${within(namespace)}rolebindings`,
  roles: (namespace?: string) => `${rbac}/${within(namespace)}roles`,
} as const;

const within = (namespace: string | undefined) => (namespace === undefined ? "" : `namespaces/${namespace}/`);
