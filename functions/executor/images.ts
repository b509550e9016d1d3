import type { ReadSecret } from "#aws/secrets.ts";
import type { ClusterPolicy } from "#contract/policy.ts";
import type { ImageSource } from "#reach/image/through-image.ts";

/** Where images are to be had of containers that cannot be entered, by what their cluster allows. */
export type Images = (policy: ClusterPolicy) => Promise<ImageSource | undefined>;

/** The registries that the nodes have images from, with the pull secret that the policy names. */
export function imagesByPolicy(secret: ReadSecret): Images {
  return async ({ images, pullSecret }) => {
    if (images === "never") return undefined;
    return { kind: "registry", pullSecret: pullSecret && (await secret(pullSecret, false)) };
  };
}
