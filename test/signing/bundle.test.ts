import { createPublicKey } from "node:crypto";
import { bundleFromJSON } from "@sigstore/bundle";
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PublicKey } from "#contract/signing.ts";
import { open, seal } from "#signing/bundle.ts";
import { statementOf } from "#signing/statement.ts";
import { trusting } from "#signing/trust.ts";
import { memorySigner } from "#test/support/signing.ts";

const signer = memorySigner();
const statement = statementOf("urn:muster:test:v1", [{ name: "hdf.json", sha256: "a".repeat(64) }], { scan: "1" });
const sealed = await seal(statement, signer);
const trusted = trusting([signer]);
const asJson = () => JSON.parse(Buffer.from(sealed).toString());
const bytesOf = (value: unknown) => Buffer.from(JSON.stringify(value));

/** What sigstore-js says of a bundle, with one key trusted and no log asked for. */
function askSigstore(bundle: Uint8Array, { spki }: PublicKey): unknown {
  const key = createPublicKey({ key: Buffer.from(spki), type: "spki", format: "der" });
  const material = toTrustMaterial(
    { mediaType: "", tlogs: [], certificateAuthorities: [], ctlogs: [], timestampAuthorities: [] },
    () => ({ publicKey: key, validFor: () => true }),
  );
  const verifier = new Verifier(material, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 });
  return verifier.verify(toSignedEntity(bundleFromJSON(JSON.parse(Buffer.from(bundle).toString()))));
}

describe("a sealed statement", () => {
  it("opens under the key that sealed it", async () => {
    expect(await open(sealed, trusted)).toEqual({ statement, keyId: (await signer.publicKey()).keyId });
  });

  it("is what sigstore-js verifies", async () => {
    expect(askSigstore(sealed, await signer.publicKey())).toMatchObject({ key: expect.anything() });
  });

  it("is refused by sigstore-js under another key", async () => {
    const other = await memorySigner().publicKey();
    expect(() => askSigstore(sealed, other)).toThrow(/signature/i);
  });

  it("says that a key is not trusted, whoever it is", async () => {
    expect(await open(sealed, trusting([memorySigner()]))).toMatchObject({ unknownKey: true });
  });

  it("does not open under a trusted key's name that somebody else used", async () => {
    const forged = JSON.parse(Buffer.from(await seal(statement, memorySigner())).toString());
    const { keyId } = await signer.publicKey();
    forged.dsseEnvelope.signatures[0].keyid = keyId;
    forged.verificationMaterial.publicKey.hint = keyId;
    expect(await open(bytesOf(forged), trusted)).toMatchObject({ fault: expect.stringContaining("does not hold") });
  });

  it("does not open when the payload is another type's", async () => {
    const bundle = asJson();
    bundle.dsseEnvelope.payloadType = "text/plain";
    expect(await open(bytesOf(bundle), trusted)).toMatchObject({ fault: expect.stringContaining("is not a signed") });
  });

  it("does not open when a second signature is put beside the first", async () => {
    const bundle = asJson();
    bundle.dsseEnvelope.signatures.push(bundle.dsseEnvelope.signatures[0]);
    expect(await open(bytesOf(bundle), trusted)).toHaveProperty("fault");
  });

  it.each(["payload", "sig"] as const)("does not open with any one bit of its %s turned", async (part) => {
    const bundle = asJson();
    const [signature] = bundle.dsseEnvelope.signatures;
    const text: string = part === "sig" ? signature.sig : bundle.dsseEnvelope.payload;
    const bytes = Buffer.from(text, "base64");
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length * 8 - 1), async (bit) => {
        const turned = Buffer.from(bytes);
        turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const copy = structuredClone(bundle);
        if (part === "sig") copy.dsseEnvelope.signatures[0].sig = turned.toString("base64");
        else copy.dsseEnvelope.payload = turned.toString("base64");
        expect(await open(bytesOf(copy), trusted)).toHaveProperty("fault");
      }),
    );
  });

  it("is never opened out of anything else, and nothing is thrown", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => Buffer.from(text)),
        ),
        async (bytes) => {
          expect(await open(bytes, trusted)).toHaveProperty("fault");
        },
      ),
    );
  });
});
