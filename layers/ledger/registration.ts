import { type ConfigKind, registrationKey } from "#contract/keys.ts";
import type { ObjectStore } from "#contract/objects.ts";
import type { Signer, Verifier } from "#contract/signing.ts";
import type { Pinned } from "#contract/task.ts";
import { bundleType, type Opened, open, seal } from "#signing/bundle.ts";
import { type Statement, statementOf } from "#signing/statement.ts";

/** The kind of statement that stands beside registered content. */
const registrationType = "urn:muster:registration:v1";

/** A name is part of what is signed: content of another name, or of another kind, is not this name's. */
const subjectOf = (kind: ConfigKind, name: string) => `${kind}/${name}`;

/** No registration is longer; nothing longer is read. */
const mostBytes = 16 * 1024;

/** Says under a signature that a name may mean a content. */
export function signRegistration(kind: ConfigKind, { name, digest }: Pinned, signer: Signer): Promise<Uint8Array> {
  const subject = [{ name: subjectOf(kind, name), sha256: digest }];
  return seal(statementOf(registrationType, subject, { schemaVersion: 1, kind, name }), signer);
}

/** Whether a name may mean a content: the key that says so, or what is wrong. */
export async function registrationOf(
  objects: ObjectStore,
  verifier: Verifier,
  kind: ConfigKind,
  pinned: Pinned,
): Promise<{ readonly keyId: string } | { readonly fault: string }> {
  const found = await objects.read(registrationKey(kind, pinned.name, pinned.digest), mostBytes);
  if (found === undefined) return { fault: "is not signed" };
  const opened = await open(found.bytes, verifier);
  return "fault" in opened ? { fault: `the signature beside it ${opened.fault}` } : judge(opened, kind, pinned);
}

function judge(
  { statement, keyId }: Exclude<Opened, { fault: string }>,
  kind: ConfigKind,
  { name, digest }: Pinned,
): { readonly keyId: string } | { readonly fault: string } {
  if (statement.predicateType !== registrationType) {
    return { fault: `the signature beside it is over a ${statement.predicateType}, and not over a registration` };
  }
  if (isAbout(statement, subjectOf(kind, name), digest)) return { keyId };
  const signed = statement.subject.map((each) => `${each.name}@${each.digest.sha256.slice(0, 12)}`).join(", ");
  return { fault: `the signature beside it is for ${signed}` };
}

const isAbout = ({ subject }: Statement, name: string, digest: string) =>
  subject.length === 1 && subject.every((each) => each.name === name && each.digest.sha256 === digest);

/** Puts the signature beside the content. One that this signer's own key made already stays as it is. */
export async function writeRegistration(
  objects: ObjectStore,
  kind: ConfigKind,
  pinned: Pinned,
  signer: Signer,
  own: Verifier,
): Promise<void> {
  const key = registrationKey(kind, pinned.name, pinned.digest);
  for (;;) {
    const before = await objects.read(key);
    if (before !== undefined && "keyId" in (await registrationOf(objects, own, kind, pinned))) return;
    const bytes = await signRegistration(kind, pinned, signer);
    if ((await objects.replace(key, bytes, { contentType: bundleType }, before?.etag)) === "replaced") return;
  }
}
