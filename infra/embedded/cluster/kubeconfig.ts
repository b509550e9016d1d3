import { stringify } from "yaml";
import type { KeyPair } from "./api/certificates.ts";

/** How to reach one cluster, and as whom. `users` become contexts of the same name. */
export interface KubeconfigContent {
  readonly server: string;
  readonly ca: string;
  readonly namespace: string;
  readonly currentContext: string;
  readonly users: Readonly<Record<string, { readonly token: string } | KeyPair>>;
}

/** A kubeconfig with everything inline (v1 Config). */
export function kubeconfigText(content: KubeconfigContent): string {
  const names = Object.keys(content.users);
  return stringify({
    ...{ apiVersion: "v1", kind: "Config", "current-context": content.currentContext },
    clusters: [
      { name: "muster", cluster: { server: content.server, "certificate-authority-data": base64(content.ca) } },
    ],
    users: Object.entries(content.users).map(([name, credential]) => ({
      name,
      user:
        "token" in credential
          ? { token: credential.token }
          : {
              "client-certificate-data": base64(credential.certificate),
              "client-key-data": base64(credential.key),
            },
    })),
    contexts: names.map((name) => ({ name, context: { cluster: "muster", user: name, namespace: content.namespace } })),
  });
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
