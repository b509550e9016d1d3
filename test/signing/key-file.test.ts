import { verify } from "node:crypto";
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fileSigner, storeKeyFile, storeSigner } from "#signing/key-file.ts";
import { pemOf, readPublicKey } from "#signing/public-key.ts";

let store: string;
beforeEach(() => {
  store = mkdtempSync(join(tmpdir(), "muster-"));
});
afterEach(() => rmSync(store, { recursive: true }));

describe("the key of a store", () => {
  it("is made when it is first needed, for its owner's eyes alone, and nothing is left beside it", () => {
    storeSigner(store);
    expect(statSync(storeKeyFile(store)).mode & 0o777).toBe(0o600);
    expect(readdirSync(store)).toEqual(["signing-key.pem"]);
  });

  it("stays the same from then on", async () => {
    const first = await storeSigner(store).publicKey();
    expect((await storeSigner(store).publicKey()).keyId).toBe(first.keyId);
  });

  it("signs what node:crypto verifies with its PEM", async () => {
    const signer = storeSigner(store);
    const message = Buffer.from("message");
    const signature = await signer.sign(message);
    expect(verify("sha256", message, pemOf(await signer.publicKey()), signature)).toBe(true);
  });

  it("is refused when others can read it", () => {
    storeSigner(store);
    chmodSync(storeKeyFile(store), 0o644);
    expect(() => storeSigner(store)).toThrow(/others can read this signing key/);
  });

  it("is not taken out of a file that holds something else", () => {
    const path = join(store, "other.pem");
    writeFileSync(path, "no key", { mode: 0o600 });
    expect(() => fileSigner(path)).toThrow(/holds no private key/);
  });
});

describe("a public key", () => {
  it("is the same out of PEM and out of the base64 of its DER", async () => {
    const key = await storeSigner(store).publicKey();
    expect(readPublicKey(pemOf(key), "key").keyId).toBe(key.keyId);
    expect(readPublicKey(Buffer.from(key.spki).toString("base64"), "key").keyId).toBe(key.keyId);
  });

  it("of another curve is refused", async () => {
    const { generateKeyPairSync } = await import("node:crypto");
    const { publicKey } = generateKeyPairSync("ed25519");
    const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
    expect(() => readPublicKey(pem, "trusted.pem")).toThrow(/trusted\.pem is not a P-256 key/);
  });
});
