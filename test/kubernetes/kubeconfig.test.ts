import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { ownKubeconfig, storedKubeconfig } from "#cluster/kubeconfig.ts";

const folder = mkdtempSync(join(tmpdir(), "muster-kubeconfig-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const config = (user: object = { token: "t" }, cluster: object = {}, more: object = {}) =>
  stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "here",
    contexts: [{ name: "here", context: { cluster: "c", user: "u" } }],
    clusters: [{ name: "c", cluster: { server: "https://api.test:6443", ...cluster } }],
    users: [{ name: "u", user }],
    ...more,
  });

function file(text: string): string {
  const path = join(folder, `${Math.random()}.yaml`);
  writeFileSync(path, text);
  return path;
}

describe("a kubeconfig of the user's own", () => {
  it("is narrowed to the context that was named", () => {
    expect(ownKubeconfig(file(config()), "here").getCurrentCluster()?.server).toBe("https://api.test:6443");
  });

  it("may use a credential plugin and files, as with kubectl", () => {
    const exec = { exec: { apiVersion: "client.authentication.k8s.io/v1", command: "true" } };
    expect(() => ownKubeconfig(file(config(exec)), undefined)).not.toThrow();
  });

  it.each([
    ["is not there", () => ownKubeconfig(join(folder, "none"), undefined), "there is no file"],
    ["is not YAML", () => ownKubeconfig(file("{{{"), undefined), "is not a kubeconfig"],
    ["is something else", () => ownKubeconfig(file("a: 1"), undefined), "kubeconfig"],
    ["lacks the context", () => ownKubeconfig(file(config()), "there"), 'there is no context "there"; it holds here'],
    [
      "has no current context",
      () => ownKubeconfig(file(config({}, {}, { "current-context": "" })), undefined),
      "current-context",
    ],
    [
      "names a cluster that is not there",
      () => ownKubeconfig(file(config({}, {}, { clusters: [] })), undefined),
      'names cluster "c"',
    ],
    [
      "has no URL for a server",
      () => ownKubeconfig(file(config({}, { server: "api" })), undefined),
      "server is not a URL",
    ],
    [
      "would send credentials in the clear",
      () => ownKubeconfig(file(config({}, { server: "http://a" })), undefined),
      "https://",
    ],
  ])("that %s is told so in one line", (_what, load, words) => {
    expect(load).toThrow(expect.objectContaining({ code: "bad-request", message: expect.stringContaining(words) }));
  });
});

describe("a stored cluster record", () => {
  it("with inline data is accepted", () => {
    expect(storedKubeconfig(config(), "prod").getCurrentUser()?.token).toBe("t");
  });

  it.each([
    ["exec", config({ exec: { apiVersion: "client.authentication.k8s.io/v1", command: "id" } })],
    ["auth-provider", config({ "auth-provider": { name: "gcp" } })],
    ["client-certificate", config({ "client-certificate": "/etc/cert" })],
    ["client-key", config({ "client-key": "/etc/key" })],
    ["certificate-authority", config({ token: "t" }, { "certificate-authority": "/etc/ca" })],
    ["insecure-skip-tls-verify", config({ token: "t" }, { "insecure-skip-tls-verify": true })],
    ["tokenFile", config({ tokenFile: "/var/run/token" })],
  ])("with %s is refused, and the field is named", (field, text) => {
    expect(() => storedKubeconfig(text, "prod")).toThrow(
      expect.objectContaining({ message: expect.stringContaining(field) }),
    );
  });
});
