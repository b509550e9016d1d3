import * as z from "zod";
import { LabelName } from "./names.ts";

/** Whether an ephemeral toolbox container may be added to pods whose containers have no shell. */
export const ToolboxPolicy = z
  .strictObject({
    use: z
      .enum(["auto", "never"])
      .default("never")
      .describe("`auto`: pods whose containers have no shell may get the toolbox; `never` overrules every request."),
    image: z
      .string()
      .min(1)
      .optional()
      .describe("Image of the toolbox, by digest: a static busybox that runs its own applets, and gosu, both in /bin."),
    namespaces: z
      .array(LabelName)
      .min(1)
      .optional()
      .describe("Namespaces in which it may be used. Without them, in all."),
  })
  .refine(({ use, image }) => use === "never" || image !== undefined, {
    path: ["image"],
    message: 'must be given where use is "auto"',
  });
export type ToolboxPolicy = z.infer<typeof ToolboxPolicy>;

/** What the owner of a cluster allows, and asks for, in scans of it. By default: to look through shells, and nothing more. */
export const ClusterPolicy = z
  .strictObject({
    toolbox: ToolboxPolicy.prefault({}).describe("The ephemeral toolbox container."),
    images: z
      .enum(["never", "registry"])
      .default("never")
      .describe(
        "`registry`: containers that cannot be entered are answered from their image, read where the node had it.",
      ),
    pullSecret: z
      .string()
      .min(1)
      .max(2048)
      .optional()
      .describe("ARN of a Secrets Manager secret that holds a `.dockerconfigjson` for these registries."),
    credentials: z
      .enum(["shared", "per-scan"])
      .default("shared")
      .describe(
        "`per-scan`: each scan gets an account of its own that can enter its pod alone, and that ends with it.",
      ),
  })
  .refine(({ images, pullSecret }) => pullSecret === undefined || images === "registry", {
    path: ["pullSecret"],
    message: 'is of use only where images is "registry"',
  });
export type ClusterPolicy = z.infer<typeof ClusterPolicy>;

/** The policy of whoever has said nothing. */
export const strictPolicy: ClusterPolicy = ClusterPolicy.parse({});

/** What holds for one request in one cluster: a request can only ask for less than its cluster allows. */
export function policyFor(ofCluster: ClusterPolicy, asked: ToolboxPolicy["use"] | undefined): ClusterPolicy {
  return asked === "never" ? { ...ofCluster, toolbox: { use: "never" } } : ofCluster;
}
