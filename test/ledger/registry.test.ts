import { beforeEach, describe, expect, it } from "vitest";
import { type ConfigKind, configKey, currentKey, registrationKey } from "#contract/keys.ts";
import type { ObjectStore } from "#contract/objects.ts";
import type { Verifier } from "#contract/signing.ts";
import type { Pinned } from "#contract/task.ts";
import { signRegistration } from "#ledger/registration.ts";
import { readContent, registerContent, resolveName } from "#ledger/registry.ts";
import { trusting } from "#signing/trust.ts";
import { memoryBuckets } from "#test/support/buckets.ts";
import { memorySigner } from "#test/support/signing.ts";

const signer = memorySigner();
const trusted = trusting([signer]);
const bytesOf = (text: string) => new TextEncoder().encode(text);
let published: ObjectStore;
let pinned: Pinned;

const register = (name: string, text: string, kind: ConfigKind = "profiles", by = signer) =>
  registerContent(published, by, { kind, name, bytes: bytesOf(text) });
const read = (what: Pinned, kind: ConfigKind = "profiles", verifier: Verifier = trusted) =>
  readContent(published, verifier, kind, what).then((bytes) => new TextDecoder().decode(bytes));

/** Somebody with the right to write, but without a key. */
async function overwrite(key: string, change: (bytes: Uint8Array) => Uint8Array): Promise<void> {
  const before = await published.read(key);
  const options = { contentType: "application/octet-stream" };
  const done = await published.replace(key, change(before?.bytes ?? new Uint8Array()), options, before?.etag);
  expect(done).toBe("replaced");
}

const flipped = (at: number) => (bytes: Uint8Array) => {
  const copy = Uint8Array.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
};

beforeEach(async () => {
  ({ published } = await memoryBuckets());
  pinned = await register("baseline", "version 1");
});

describe("registered content", () => {
  it("is what a name means, with its signature beside it", async () => {
    expect(await resolveName(published, "profiles", "baseline")).toEqual(pinned);
    expect(await read(pinned)).toBe("version 1");
    const base = `config/v1/profiles/baseline/${pinned.digest}`;
    expect(await published.list("config/")).toEqual([
      `${base}.sigstore.json`,
      `${base}.tar.gz`,
      "config/v1/profiles/baseline/current.json",
    ]);
  });

  it("may be registered again, and keeps the signature that its key made", async () => {
    const before = await published.read(registrationKey("profiles", "baseline", pinned.digest));
    await register("baseline", "version 1");
    const after = await published.read(registrationKey("profiles", "baseline", pinned.digest));
    expect(after?.etag).toBe(before?.etag);
  });

  it("that is registered again under a new key is signed by the new one", async () => {
    const next = memorySigner();
    await register("baseline", "version 1", "profiles", next);
    expect(await read(pinned, "profiles", trusting([next]))).toBe("version 1");
  });

  it("may be rolled back: the pointer alone says which of the signed versions a name means", async () => {
    await register("baseline", "version 2");
    await overwrite(currentKey("profiles", "baseline"), () =>
      bytesOf(JSON.stringify({ schemaVersion: 1, digest: pinned.digest })),
    );
    const now = await resolveName(published, "profiles", "baseline");
    expect(now && (await read(now))).toBe("version 1");
  });
});

describe("content that somebody tampered with never reaches the auditor", () => {
  const refuses = async (words: RegExp, what = pinned, kind: ConfigKind = "profiles", code = "profile-invalid") => {
    await expect(read(what, kind)).rejects.toMatchObject({ code, message: expect.stringMatching(words) });
  };

  it("with a byte of it changed", async () => {
    await overwrite(configKey("profiles", "baseline", pinned.digest), flipped(3));
    await refuses(/does not have its digest any more; register it again/);
  });

  it("with a byte of its signature changed", async () => {
    const key = registrationKey("profiles", "baseline", pinned.digest);
    const text = new TextDecoder().decode((await published.read(key))?.bytes);
    await overwrite(key, flipped(text.indexOf('"sig":"') + 40));
    await refuses(/signature beside it does not hold/);
  });

  it("with other content under its own digest, that nobody signed", async () => {
    const { createHash } = await import("node:crypto");
    const evil = bytesOf("evil");
    const digest = createHash("sha256").update(evil).digest("hex");
    const options = { contentType: "application/octet-stream" };
    await published.create(configKey("profiles", "baseline", digest), evil, options);
    await refuses(/is not signed/, { name: "baseline", digest });
  });

  it("with the pointer turned to another name's digest", async () => {
    const other = await register("other", "another profile");
    await refuses(/is gone from the store/, { name: "baseline", digest: other.digest }, "profiles", "profile-unknown");
  });

  it("with another name's content and signature copied under it", async () => {
    const { digest } = await register("other", "another profile");
    for (const keyOf of [configKey, registrationKey]) {
      const found = await published.read(keyOf("profiles", "other", digest));
      await published.create(keyOf("profiles", "baseline", digest), found?.bytes ?? new Uint8Array(), {
        contentType: "application/octet-stream",
      });
    }
    await refuses(/signature beside it is for profiles\/other@/, { name: "baseline", digest });
  });

  it("with another kind's signature under it", async () => {
    const waivers = await register("baseline", "{}", "waivers");
    await overwrite(registrationKey("waivers", "baseline", waivers.digest), () => new Uint8Array());
    const signed = await signRegistration("inputs", waivers, signer);
    await overwrite(registrationKey("waivers", "baseline", waivers.digest), () => signed);
    await refuses(/signature beside it is for inputs\/baseline@/, waivers, "waivers");
  });

  it("signed by a key that nobody trusts", async () => {
    const stranger = await register("stranger", "x", "profiles", memorySigner());
    await refuses(/signed by a key that is not trusted here/, stranger);
  });

  it("larger than anything that is registered", async () => {
    const { digest } = await register("big", "{}", "thresholds");
    await overwrite(configKey("thresholds", "big", digest), () => new Uint8Array(65 * 1024));
    await refuses(/has 66560 bytes; 65536 are allowed/, { name: "big", digest }, "thresholds", "too-large");
  });
});

it("a key service that does not answer is trouble that passes, and never a bad signature", async () => {
  const silent = { ...signer, publicKey: () => Promise.reject(new Error("no answer")) };
  await expect(read(pinned, "profiles", trusting([silent]))).rejects.toThrow("no answer");
});
