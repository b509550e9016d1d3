import * as z from "zod";
import { RegisteredName } from "#contract/names.ts";
import { ClusterPolicy } from "#contract/policy.ts";
import { arnOf, Cidr } from "./values.ts";

const EksAuth = z.strictObject({
  kind: z.literal("eks"),
  name: z.string().min(1).max(100).describe("The cluster's name in EKS; its tokens are minted for this name."),
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "must be a region such as eu-central-1")
    .describe("Its region."),
  server: z.url({ protocol: /^https$/, error: "must be an https URL" }).describe("Its API server endpoint."),
  caData: z.base64("must be base64").min(1).describe("Its certificate authority, base64 of PEM, as EKS shows it."),
});

const RecordAuth = z.strictObject({
  kind: z.literal("record"),
  rotationFunctionArn: arnOf("lambda")
    .optional()
    .describe("A function that renews the record's credentials, called by Secrets Manager."),
  rotationDays: z.number().int().min(1).max(365).default(30).describe("How often it is called."),
});

/** One Kubernetes cluster that requests may name. */
export const Cluster = z.strictObject({
  id: RegisteredName.max(48).describe("The name that requests use; part of queue names, keys and metrics."),
  network: z.string().describe("Id of the network from which it is reached."),
  endpointCidrs: z.array(Cidr).min(1).describe("Where its API server is. The executor can connect to nothing else."),
  ports: z
    .array(z.number().int().min(1).max(65_535))
    .min(1)
    .default([443])
    .describe("Ports of its API server; 6443 outside EKS, as a rule."),
  auth: z
    .discriminatedUnion("kind", [EksAuth, RecordAuth])
    .describe(
      "`eks`: the executor's role, by an access entry. `record`: server and credentials out of the Secrets Manager record.",
    ),
  maximumConcurrency: z
    .number()
    .int()
    .min(2)
    .max(1_000)
    .default(10)
    .describe("How many tasks run against it at once, held by AWS itself."),
  scanBy: z
    .enum(["function", "worker"])
    .default("function")
    .describe("`worker`: no function takes its tasks, `muster worker` does, for scans of over 15 minutes."),
  workerProfiles: z
    .array(RegisteredName)
    .default([])
    .describe(
      "Profiles whose scans of it, and they alone, are left to `muster worker`: they get a queue of their own.",
    ),
  policy: ClusterPolicy.prefault({}).describe("What its owner allows, and asks for, in scans of it."),
});
export type Cluster = z.infer<typeof Cluster>;
