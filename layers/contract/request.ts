import * as z from "zod";
import { LabelName, RegisteredName, Sha256, SubdomainName } from "./names.ts";
import { isLabelSelector } from "./selector.ts";

/** The largest request message, in bytes of UTF-8. */
export const maxRequestBytes = 4096;

const distinct = (values: readonly string[]) => new Set(values).size === values.length;
const listOf = <T extends z.ZodType<string>>(name: T) =>
  z.array(name).min(1).max(100).refine(distinct, "must not name anything twice");

const ContainerKind = z.enum(["containers", "initContainers", "ephemeralContainers"]);
export type ContainerKind = z.infer<typeof ContainerKind>;

/** One entry of a request's targets. What is not given is not restricted. */
export const TargetEntry = z
  .strictObject({
    cluster: RegisteredName,
    namespaces: listOf(LabelName).optional(),
    labelSelector: z
      .string()
      .min(1)
      .max(1024)
      .refine(isLabelSelector, "must be a Kubernetes label selector, such as app=web,tier!=test")
      .optional(),
    pods: listOf(SubdomainName).optional(),
    podsFrom: z.strictObject({ key: z.string().min(1).max(512), sha256: Sha256 }).optional(),
    containers: listOf(LabelName).optional(),
    include: z.array(ContainerKind).min(1).refine(distinct, "must not name anything twice").optional(),
  })
  .refine((entry) => (entry.pods === undefined && entry.podsFrom === undefined) || entry.namespaces?.length === 1, {
    path: ["namespaces"],
    message: "must name exactly one namespace when pods are named: no namespace is ever assumed",
  })
  .refine((entry) => entry.pods === undefined || entry.podsFrom === undefined, {
    path: ["podsFrom"],
    message: "must not be given together with pods",
  });
export type TargetEntry = z.infer<typeof TargetEntry>;

/** How the scans of a request are to be run. */
export const ScanOptions = z.strictObject({
  deadlineMinutes: z.number().min(0.1).max(720).optional(),
  toolbox: z.enum(["auto", "never"]).optional(),
  sample: z.enum(["all", "one-per-image"]).optional(),
  inputs: RegisteredName.optional(),
  waivers: RegisteredName.optional(),
  threshold: RegisteredName.optional(),
  maxTargets: z.number().int().min(1).max(100_000).optional(),
  olderAuditor: z.boolean().optional(),
  presentAsContainer: z.boolean().optional(),
  /** Hands image, labels and security context to profiles, as the input `muster_container`. */
  containerFacts: z.boolean().optional(),
});
export type ScanOptions = z.infer<typeof ScanOptions>;

/** ScanRequest/1: what another system, a schedule or `muster submit` puts on the request queue. Names only. */
export const ScanRequest = z.strictObject({
  schemaVersion: z.literal(1),
  requestId: z
    .string()
    .regex(/^[A-Za-z0-9:._-]{1,128}$/, "must be 1 to 128 characters of A-Z a-z 0-9 : . _ -")
    .optional(),
  requestedBy: z.string().min(1).max(256).optional(),
  profile: z.union([RegisteredName, listOf(RegisteredName).max(10)]),
  targets: z.array(TargetEntry).min(1).max(50),
  options: ScanOptions.optional(),
});
export type ScanRequest = z.infer<typeof ScanRequest>;
