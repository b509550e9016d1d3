import type { ConfigKind } from "#contract/keys.ts";
import { registrationOf } from "#ledger/registration.ts";
import { registered } from "#ledger/registry.ts";
import { openRegistry, type PlaceFlags } from "../registry-place.ts";

/** What is registered of one kind: name, digest, and whether the signature beside it holds. */
export async function showRegistered(kind: ConfigKind, flags: PlaceFlags): Promise<number> {
  const place = await openRegistry(flags);
  try {
    const [found, verifier] = await Promise.all([registered(place.published, kind), place.verifier()]);
    const all = await Promise.all(
      found.map(async (pinned) => {
        if (verifier === undefined) return { ...pinned, signature: "unchecked", keyId: null };
        const state = await registrationOf(place.published, verifier, kind, pinned);
        return "keyId" in state
          ? { ...pinned, signature: "valid", keyId: state.keyId }
          : { ...pinned, signature: state.fault, keyId: null };
      }),
    );
    const lines = all.map(({ name, digest, signature, keyId }) => {
      return `${name} sha256:${digest}\n  ${keyId === null ? `signature: ${signature}` : `signed by key ${keyId}`}\n`;
    });
    process.stdout.write(flags.json ? `${JSON.stringify({ [kind]: all })}\n` : lines.join(""));
    return 0;
  } finally {
    place.close();
  }
}
