import { describe, expect, it } from "vitest";
import { readClusterRecord } from "#cluster/record.ts";

const canary = "hunter2-canary";
const good = { schemaVersion: 1, kind: "token", server: "https://10.0.0.1:6443", caData: "YQ==", token: canary };
const read = (value: unknown) => readClusterRecord(typeof value === "string" ? value : JSON.stringify(value), "prod");

describe("a cluster record", () => {
  it.each([
    good,
    { ...good, tlsServerName: "kubernetes", proxyUrl: "http://user:word@10.0.0.9:3128" },
    { schemaVersion: 1, kind: "certificate", server: good.server, caData: "YQ==", certData: "YQ==", keyData: "YQ==" },
    { schemaVersion: 1, kind: "eks", server: good.server, caData: "YQ==", name: "apps", region: "eu-central-1" },
  ])("of kind $kind is taken", (record) => expect(read(record)).toEqual(record));

  it.each<[string, object | string, string]>([
    ["runs a program", { ...good, exec: { command: canary } }, "exec: is not a known key"],
    ["reads a file", { ...good, tokenFile: `/${canary}` }, "tokenFile: is not a known key"],
    ["skips verification", { ...good, insecureSkipTlsVerify: true }, "insecureSkipTlsVerify: is not a known key"],
    ["goes without TLS", { ...good, server: `http://${canary}` }, "server: must be an https URL"],
    ["goes by way of a socket", { ...good, proxyUrl: `unix:/${canary}` }, "proxyUrl: must be an http or https URL"],
    ["trusts any authority", { ...good, caData: "" }, "caData: "],
    ["is no JSON", `{"token": "${canary}`, "is not JSON"],
    ["is a kubeconfig", `apiVersion: v1\nusers: [{token: ${canary}}]`, "is not JSON"],
  ])("that %s is refused by the name of its field, and its content is not told", (_what, record, message) => {
    let error: unknown;
    try {
      read(record);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: "unauthenticated", message: expect.stringContaining(message) });
    expect(JSON.stringify([String(error), (error as Error).cause ?? null])).not.toContain(canary);
  });
});
