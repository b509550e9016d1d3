import * as z from "zod";
import { ScanError } from "#contract/errors.ts";
import { faultsAsText, faultsOf } from "#contract/faults.ts";

const place = {
  schemaVersion: z.literal(1),
  server: z.url({ protocol: /^https$/, error: "must be an https URL, as credentials travel there" }),
  /** Certificate authority of the server: base64 of PEM. */
  caData: z.base64("must be base64").min(1),
  /** Where the certificate is for another name than the server's. */
  tlsServerName: z.string().min(1).optional(),
  /** An HTTP CONNECT proxy on the way, with user and password where it wants them. */
  proxyUrl: z.url({ protocol: /^https?$/, error: "must be an http or https URL" }).optional(),
};

/**
 * What is kept about a cluster: where it is, and how to prove who we are. Inline data only. A program to run, a file to read
 * or a way to skip verification has no key here, because whoever writes a record is not whoever runs the scan.
 */
export const ClusterRecord = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("eks"), ...place, name: z.string().min(1), region: z.string().min(1) }),
  z.strictObject({ kind: z.literal("token"), ...place, token: z.string().min(1) }),
  z.strictObject({
    ...{ kind: z.literal("certificate"), ...place },
    certData: z.base64("must be base64").min(1),
    keyData: z.base64("must be base64").min(1),
  }),
]);
export type ClusterRecord = z.infer<typeof ClusterRecord>;

/** A record out of its text. What is wrong is told by field and never by value: this text is secret. */
export function readClusterRecord(text: string, cluster: string): ClusterRecord {
  const source = `the record of cluster ${cluster}`;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Node's own message would quote the text.
    throw new ScanError("unauthenticated", `${source} is not JSON; docs/onboarding.md shows its form`);
  }
  const parsed = ClusterRecord.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ScanError("unauthenticated", `${source} is wrong: ${faultsAsText(faultsOf(parsed.error))}`);
}
