import type { ClusterPolicy } from "#contract/policy.ts";
import { strictPolicy } from "#contract/policy.ts";

const toolbox = (image: string, namespaces?: string[]): ClusterPolicy => ({
  ...strictPolicy,
  toolbox: { use: "auto", image, ...(namespaces && { namespaces }) },
});
const own = "muster.test/toolbox:1";

/** What the owner of a cluster allows, and the same in words for the table. */
export const policies = {
  nothing: { words: "", policy: strictPolicy },
  toolbox: { words: "toolbox allowed", policy: toolbox(own) },
  elsewhere: { words: "toolbox allowed in another namespace", policy: toolbox(own, ["another"]) },
  absent: { words: "toolbox allowed, of an image that no node can pull", policy: toolbox("muster.test/absent:1") },
  unfit: { words: "toolbox allowed, of an image that holds none", policy: toolbox("muster.test/scratch:1") },
  images: { words: "images may be read", policy: { ...strictPolicy, images: "registry" } },
} as const satisfies Readonly<Record<string, { readonly words: string; readonly policy: ClusterPolicy }>>;

export type PolicyName = keyof typeof policies;
