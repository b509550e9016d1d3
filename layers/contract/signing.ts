/** A P-256 public key and the name that signatures know it by. */
export interface PublicKey {
  /** SHA-256 of `spki`, in lower-case hexadecimal. */
  readonly keyId: string;
  /** The key as SubjectPublicKeyInfo, DER. */
  readonly spki: Uint8Array;
}

/** Whoever holds a private key: ECDSA over P-256 with SHA-256, wherever the key lies. */
export interface Signer {
  publicKey(): Promise<PublicKey>;
  /** Signs a message; the signature is DER (RFC 3279, Ecdsa-Sig-Value). */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** A signature and the key that it names. Anybody can name any key: nothing holds before it is checked. */
export interface NamedSignature {
  readonly keyId: string;
  readonly signature: Uint8Array;
}

/** Whoever knows which public keys to believe. */
export interface Verifier {
  check(message: Uint8Array, named: NamedSignature): Promise<"valid" | "wrong" | "unknown-key">;
}
