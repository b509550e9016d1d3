import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { packProfile } from "#audit/archive.ts";
import { type ConfigKind, configKey, registrationKey } from "#contract/keys.ts";
import type { ObjectStore } from "#contract/objects.ts";
import { materialFrom } from "#functions/executor/material.ts";
import { registerContent } from "#ledger/registry.ts";
import { trusting } from "#signing/trust.ts";
import { memoryBuckets } from "#test/support/buckets.ts";
import { scanTask } from "#test/support/build.ts";
import { memorySigner } from "#test/support/signing.ts";

const signer = memorySigner();
const stranger = memorySigner();
const baseline = await packProfile(new URL("../../profiles/container-baseline", import.meta.url).pathname);
let published: ObjectStore;
let cloud: Awaited<ReturnType<typeof memoryBuckets>>["cloud"];
let cache: string;

beforeEach(async () => {
  ({ published, cloud } = await memoryBuckets());
  cache = mkdtempSync(join(tmpdir(), "muster-"));
});
afterEach(() => rmSync(cache, { recursive: true }));

const register = (kind: ConfigKind, text: string | Uint8Array, by = signer) => {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  return registerContent(published, by, { kind, name: "own", bytes });
};
const material = () => materialFrom(published, trusting([signer]), cache);

describe("what a scan needs", () => {
  it("is unpacked when its signatures hold", async () => {
    const task = scanTask({
      profile: await register("profiles", baseline),
      inputs: await register("inputs", "port: 8443"),
      waivers: await register("waivers", "c-1: {justification: known}"),
    });
    const found = await material()(task);
    expect(readFileSync(join(found.profile, "inspec.yml"), "utf8")).toContain("container-baseline");
    expect(readFileSync(found.inputFile ?? "", "utf8")).toBe("port: 8443");
    expect(readFileSync(found.waivers ?? "", "utf8")).toContain("known");
  });

  it.each(["profiles", "inputs", "waivers"] as const)(
    "leaves no byte on disk when its %s are a stranger's",
    async (kind) => {
      const profile = await register("profiles", baseline, kind === "profiles" ? stranger : signer);
      const task = scanTask({
        profile,
        ...(kind === "inputs" && { inputs: await register(kind, "a: 1", stranger) }),
        ...(kind === "waivers" && { waivers: await register(kind, "c: {justification: x}", stranger) }),
      });
      await expect(material()(task)).rejects.toMatchObject({
        code: "profile-invalid",
        message: expect.stringContaining(`${kind}/own@`),
      });
      const left = readdirSync(cache).filter((name) => kind === "profiles" || name.includes("waivers"));
      expect(left).toEqual([]);
    },
  );

  it("is asked for once, however many tasks need it", async () => {
    const task = scanTask({ profile: await register("profiles", baseline) });
    const get = material();
    await get(task);
    cloud.fault({ operation: "GetObject", effect: "fail" });
    await expect(get(task)).resolves.toHaveProperty("profile");
  });

  it("is not known under another name because its content is", async () => {
    const profile = await register("profiles", baseline);
    const get = material();
    await get(scanTask({ profile }));
    const other = { name: "other", digest: profile.digest };
    const options = { contentType: "application/octet-stream" };
    await published.create(configKey("profiles", other.name, other.digest), baseline, options);
    const signature = await published.read(registrationKey("profiles", "own", profile.digest));
    await published.create(
      registrationKey("profiles", other.name, other.digest),
      signature?.bytes ?? new Uint8Array(),
      options,
    );
    await expect(get(scanTask({ profile: other }))).rejects.toMatchObject({ code: "profile-invalid" });
  });

  it("is asked for again after a passing fault", async () => {
    const task = scanTask({ profile: await register("profiles", baseline) });
    const get = material();
    const away = cloud.fault({ operation: "GetObject", effect: "fail", statusCode: 403 });
    await expect(get(task)).rejects.toMatchObject({ code: "internal" });
    away();
    await expect(get(task)).resolves.toHaveProperty("profile");
  });
});
