import * as z from "zod";
import type { Signer, Verifier } from "#contract/signing.ts";
import { Statement, statementPayload } from "./statement.ts";

/** Media type of a signed statement, as file and as object. */
export const bundleType = "application/vnd.dev.sigstore.bundle.v0.3+json";

/** One form for one value: text that only decodes to the same bytes is not the same file. */
const Base64 = z.base64().refine((text) => Buffer.from(text, "base64").toString("base64") === text);

/** Sigstore bundle v0.3 around a DSSE envelope; a plain public key, so neither certificate nor log entries. */
const Bundle = z
  .object({
    mediaType: z.literal(bundleType),
    verificationMaterial: z.object({ publicKey: z.object({ hint: z.string() }) }),
    dsseEnvelope: z.object({
      payload: Base64,
      payloadType: z.literal(statementPayload),
      signatures: z.tuple([z.object({ keyid: z.string(), sig: Base64 })]),
    }),
  })
  // No signature covers either name of the key, so each stands for the other.
  .refine(
    ({ verificationMaterial: { publicKey }, dsseEnvelope: { signatures } }) => publicKey.hint === signatures[0].keyid,
  );

/** What a signature covers: DSSE's pre-authentication encoding, so that no payload can be read as another type's. */
function preAuthentication(payload: Uint8Array): Uint8Array {
  const head = `DSSEv1 ${Buffer.byteLength(statementPayload)} ${statementPayload} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

/** A statement as a signed Sigstore bundle: what cosign and sigstore-js read too. */
export async function seal(statement: Statement, signer: Signer): Promise<Uint8Array> {
  const payload = Buffer.from(JSON.stringify(statement));
  const [{ keyId }, sig] = await Promise.all([signer.publicKey(), signer.sign(preAuthentication(payload))]);
  const bundle: z.infer<typeof Bundle> = {
    mediaType: bundleType,
    verificationMaterial: { publicKey: { hint: keyId } },
    dsseEnvelope: {
      payload: payload.toString("base64"),
      payloadType: statementPayload,
      signatures: [{ keyid: keyId, sig: Buffer.from(sig).toString("base64") }],
    },
  };
  return Buffer.from(`${JSON.stringify(bundle)}\n`);
}

/** A statement whose signature holds and the key that made it; or why nothing can be believed. */
export type Opened =
  | { readonly statement: Statement; readonly keyId: string }
  | { readonly fault: string; readonly unknownKey?: true };

/** Reads a signed statement. Nothing of it is looked into before the signature holds. */
export async function open(bytes: Uint8Array, verifier: Verifier): Promise<Opened> {
  const bundle = Bundle.safeParse(parseJson(bytes));
  if (!bundle.success) return { fault: "is not a signed statement (Sigstore bundle v0.3 with a DSSE envelope)" };
  const { payload: text, signatures } = bundle.data.dsseEnvelope;
  const payload = Buffer.from(text, "base64");
  const [{ keyid: keyId, sig }] = signatures;
  const held = await verifier.check(preAuthentication(payload), { keyId, signature: Buffer.from(sig, "base64") });
  if (held === "unknown-key")
    return { fault: `is signed by a key that is not trusted here (${shown(keyId)})`, unknownKey: true };
  if (held === "wrong") return { fault: `does not hold: it was not made by the key that it names (${shown(keyId)})` };
  const statement = Statement.safeParse(parseJson(payload));
  if (!statement.success) return { fault: "is over something that is no in-toto Statement v1" };
  return { statement: statement.data, keyId };
}

/** A key's name in messages: printable, whatever somebody wrote there. */
const shown = (keyId: string) => JSON.stringify(keyId.slice(0, 64));

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
