import * as z from "zod";
import { Sha256 } from "#contract/names.ts";

/** DSSE payload type of every statement (in-toto Attestation Framework v1, envelope layer). */
export const statementPayload = "application/vnd.in-toto+json";

const Subject = z.object({ name: z.string(), digest: z.object({ sha256: Sha256 }) });

/** in-toto Statement v1: what is said (`predicate`) of which contents (`subject`, by digest). */
export const Statement = z.object({
  _type: z.literal("https://in-toto.io/Statement/v1"),
  subject: z.array(Subject).min(1),
  /** What kind of thing is said: a signature over one kind can never stand for another. */
  predicateType: z.string(),
  predicate: z.record(z.string(), z.unknown()),
});
export type Statement = z.infer<typeof Statement>;

/** A statement of one kind about contents, by name and SHA-256. */
export function statementOf(
  predicateType: string,
  subject: readonly { readonly name: string; readonly sha256: string }[],
  predicate: Readonly<Record<string, unknown>>,
): Statement {
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: subject.map(({ name, sha256 }) => ({ name, digest: { sha256 } })),
    predicateType,
    predicate: { ...predicate },
  };
}
