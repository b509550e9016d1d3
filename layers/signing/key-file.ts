import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ScanError } from "#contract/errors.ts";
import type { Signer } from "#contract/signing.ts";
import { publicKeyOf } from "./public-key.ts";

/** Where the key of a store on one machine lies, in the store's folder. */
export const storeKeyFile = (store: string) => join(store, "signing-key.pem");

/** Signs with the private key in a PEM file that nobody but its owner can read. */
export function fileSigner(path: string): Signer {
  const key = readKey(path);
  const publicKey = publicKeyOf(createPublicKey(key), path);
  return {
    publicKey: async () => publicKey,
    sign: async (message) => sign("sha256", message, { key, dsaEncoding: "der" }),
  };
}

/** Signs with the store's own key, which is made when it is first needed. */
export function storeSigner(store: string): Signer {
  const path = storeKeyFile(store);
  makeKey(store, path);
  return fileSigner(path);
}

function readKey(path: string): KeyObject {
  let pem: string;
  try {
    pem = readFileSync(path, "utf8");
  } catch (error) {
    throw new ScanError("bad-request", `${path}: the signing key cannot be read`, { cause: error });
  }
  const open = statSync(path).mode & 0o077;
  if (open !== 0) {
    throw new ScanError("bad-request", `${path}: others can read this signing key; make another, or chmod 600 it`);
  }
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw new ScanError("bad-request", `${path} holds no private key in PEM`, { cause: error });
  }
}

/** Two processes may begin at once: the key appears whole, and only where none is. */
function makeKey(store: string, path: string): void {
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) return;
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const half = `${path}.${process.pid}`;
  mkdirSync(store, { recursive: true });
  try {
    writeFileSync(half, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600, flag: "wx" });
    linkSync(half, path);
  } catch (error) {
    if (statSync(path, { throwIfNoEntry: false }) === undefined) {
      throw new ScanError("bad-request", `${path}: the signing key of this store cannot be written`, { cause: error });
    }
  } finally {
    rmSync(half, { force: true });
  }
}
