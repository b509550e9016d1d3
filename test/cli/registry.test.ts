import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readContent } from "#ledger/registry.ts";
import { readPublicKey } from "#signing/public-key.ts";
import { trusting } from "#signing/trust.ts";
import { type AwsEndpoint, awsEndpoint } from "#test/support/aws-endpoint.ts";
import { memoryBuckets } from "#test/support/buckets.ts";
import { expectOneClearMessage, runMuster } from "#test/support/run-muster.ts";

process.env.AWS_ACCESS_KEY_ID = "test";
process.env.AWS_SECRET_ACCESS_KEY = "test";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "muster-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function file(text: string, name = "content.yaml"): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const right = {
  inputs: "port: 8443\nallowed: [a, b]\n",
  waivers: "c-1:\n  justification: known\n  run: no\n  expiration_date: 2027-03-31\n",
  thresholds: "compliance: {min: 80}\nfailed.total.max: 0\nfailed.critical: {max: 0, controls: []}\n",
};

describe.each(Object.entries(right))("muster %s", (kind, text) => {
  const store = () => join(folder, "store");

  it("registers a file in a folder and lists it, signed by the store's own key", async () => {
    const added = await runMuster([kind, "add", "prod", file(text), "--store", store(), "--json"]);
    const { name, digest } = JSON.parse(added.stdout);
    expect({ code: added.code, name }).toEqual({ code: 0, name: "prod" });
    const { keyId } = JSON.parse((await runMuster(["key", "--store", store(), "--json"])).stdout);
    const listed = await runMuster([kind, "list", "--store", store(), "--json"]);
    expect(JSON.parse(listed.stdout)).toEqual({ [kind]: [{ name, digest, signature: "valid", keyId }] });
    expect(statSync(join(store(), "signing-key.pem")).mode & 0o777).toBe(0o600);
  });

  it("refuses a name that can be no key", async () => {
    const run = await runMuster([kind, "add", "Prod Eu", file(text), "--store", store()]);
    expectOneClearMessage(run, "bad-request", "name", "a-z, 0-9");
  });
});

describe("what is no such document is refused, and nothing is registered", () => {
  it.each([
    ["inputs", "- a\n", "must be a map of input names to values"],
    ["inputs", "a: [1\n", "is not YAML"],
    ["inputs", "a: 1\na: 2\n", "is not YAML"],
    ["inputs", "a: &b 1\nc: *b\n", "content.yaml: has an alias (*name)"],
    ["waivers", "c-1: {run: true}\n", "c-1.justification: must say why"],
    ["waivers", "c-1: {justification: x, expires: 2027-01-01}\n", "c-1.expires: is not a known key"],
    ["waivers", "c-1: {justification: x, expiration_date: soon}\n", "c-1.expiration_date: must be a date"],
    ["thresholds", "{}\n", "sets no limit at all"],
    ["thresholds", "failed: {none: {max: 0}}\n", "failed.none: is not a known key"],
    ["thresholds", "failed.total.max: none\n", "failed.total"],
    ["thresholds", "compliance: {min: 101}\n", "compliance.min: must be 0 to 100"],
    ["thresholds", "passed: {high: {min: 3, max: 1}}\n", "passed.high.min: must not be above max"],
    ["thresholds", "failed: {total: 0}\nfailed.total: 1\n", "total is said twice"],
  ])("%s: %j", async (kind, text, words) => {
    const run = await runMuster([kind, "add", "prod", file(text), "--store", join(folder, "store")]);
    expectOneClearMessage(run, "bad-request", "content.yaml", words);
    expect(readdirSync(folder)).toEqual(["content.yaml"]);
  });
});

describe("a deployment's registry", () => {
  let buckets: Awaited<ReturnType<typeof memoryBuckets>>;
  let endpoint: AwsEndpoint;
  let place: string[];
  beforeEach(async () => {
    buckets = await memoryBuckets();
    endpoint = await awsEndpoint(buckets.cloud);
    place = ["--bucket", "published", "--endpoint", endpoint.url, "--region", "us-east-1"];
  });
  afterEach(() => endpoint.close());

  it("takes content that a KMS key signs", async () => {
    const key = buckets.cloud.createSigningKey();
    const added = await runMuster(["inputs", "add", "prod", file(right.inputs), "--key", key, "--json", ...place]);
    expect(added).toMatchObject({ code: 0, stderr: "" });
    const shown = await runMuster(["key", "--key", key, "--endpoint", endpoint.url, "--region", "us-east-1"]);
    const trusted = trusting([readPublicKey(shown.stdout, "muster key")]);
    const bytes = await readContent(buckets.published, trusted, "inputs", JSON.parse(added.stdout));
    expect(Buffer.from(bytes).toString()).toBe(right.inputs);
  });

  it("is not written to without a key", async () => {
    const run = await runMuster(["inputs", "add", "prod", file(right.inputs), ...place]);
    expectOneClearMessage(run, "bad-request", "--bucket needs --key");
    expect(await buckets.published.list("")).toEqual([]);
  });

  it("is listed without a key too, and then says that nothing was checked", async () => {
    const key = buckets.cloud.createSigningKey();
    await runMuster(["inputs", "add", "prod", file(right.inputs), "--key", key, ...place]);
    const listed = await runMuster(["inputs", "list", ...place]);
    expect(listed.stdout).toMatch(/^prod sha256:[0-9a-f]{64}\n {2}signature: unchecked\n$/);
  });

  it("shows what another key signed", async () => {
    await runMuster(["inputs", "add", "prod", file(right.inputs), "--key", buckets.cloud.createSigningKey(), ...place]);
    const other = buckets.cloud.createSigningKey();
    const listed = await runMuster(["inputs", "list", "--key", other, ...place]);
    expect(listed.stdout).toContain("signed by a key that is not trusted here");
  });
});

it("muster worker does not begin without a key to believe", async () => {
  const place = ["--queue", "http://127.0.0.1:1/q", "--evidence", "e", "--published", "p", "--region", "us-east-1"];
  const run = await runMuster(["worker", "--cluster", "prod", ...place]);
  expectOneClearMessage(run, "bad-request", "--signing-key", "--trust");
});
