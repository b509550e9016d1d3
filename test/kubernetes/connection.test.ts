import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { afterEach, describe, expect, it, vi } from "vitest";
import { stringify } from "yaml";
import { ask } from "#cluster/api.ts";
import { connect } from "#cluster/connection.ts";
import { ownKubeconfig } from "#cluster/kubeconfig.ts";
import { watchPod } from "#cluster/watch.ts";
import { tlsServer } from "#test/support/tls-server.ts";

const folder = mkdtempSync(join(tmpdir(), "muster-connection-"));
const undo: (() => unknown)[] = [() => rmSync(folder, { recursive: true })];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const step of undo.splice(1)) await step();
});

function kubeconfig(user: object, cluster: object = {}): string {
  const at = mkdtempSync(join(folder, "home-"));
  const path = join(at, "config");
  writeFileSync(
    path,
    stringify({
      ...{ apiVersion: "v1", kind: "Config", "current-context": "here" },
      contexts: [{ name: "here", context: { cluster: "c", user: "u" } }],
      clusters: [{ name: "c", cluster: { server: "https://api.test:6443", ...cluster } }],
      users: [{ name: "u", user }],
    }),
  );
  return path;
}

const headersOf = async (config: KubeConfig) => (await connect("c", config).authorize()).headers;

describe("a token in a file", () => {
  it("is read beside the kubeconfig, whichever way that was found, and a line's end is no part of it", async () => {
    const path = kubeconfig({ tokenFile: "secrets/token" });
    mkdirSync(join(path, "../secrets"));
    writeFileSync(join(path, "../secrets/token"), "tok\n");
    expect(await headersOf(ownKubeconfig(path, undefined))).toMatchObject({ Authorization: "Bearer tok" });
    vi.stubEnv("KUBECONFIG", path);
    expect(await headersOf(ownKubeconfig(undefined, undefined))).toMatchObject({ Authorization: "Bearer tok" });
  });

  it("that no header may hold is told as what it is", async () => {
    const config = ownKubeconfig(kubeconfig({ token: "two\nlines" }), undefined);
    const refused = { code: "unauthenticated", message: expect.stringContaining("holds characters that no header") };
    await expect(headersOf(config)).rejects.toMatchObject(refused);
  });
});

it("a credential plugin that waits for somebody ends as unauthenticated", async () => {
  const exec = { apiVersion: "client.authentication.k8s.io/v1", command: "sleep", args: ["5"] };
  const connection = connect("c", ownKubeconfig(kubeconfig({ exec }), undefined), 100);
  const late = { code: "unauthenticated", message: expect.stringContaining("none within 0.1 s") };
  await expect(connection.authorize()).rejects.toMatchObject(late);
});

describe("more requests than the pool has sockets", () => {
  /** A server that holds what it is asked, but for one path. */
  async function holding() {
    const held: ServerResponse[] = [];
    const server = await tlsServer({
      answer(request, response) {
        if (request.url?.startsWith("/version")) response.end("{}");
        else held.push(response.writeHead(200));
      },
    });
    const config = new KubeConfig();
    const place = { name: "c", server: `https://127.0.0.1:${server.port}`, skipTLSVerify: false };
    const caData = Buffer.from(server.certificates.ca).toString("base64");
    config.loadFromClusterAndUser({ ...place, caData }, { name: "u", token: "t" });
    const connection = connect("c", config);
    undo.push(
      () => server.close(),
      () => connection.close(),
    );
    return { held, connection };
  }
  const version = { path: "version", what: "read the version" };

  it("are watches of a hundred scans: what else is asked is answered beside them", async () => {
    const { held, connection } = await holding();
    const stop = new AbortController();
    const watches = Array.from({ length: 100 }, (_, index) =>
      watchPod(connection, "n", `p${index}`, () => undefined, stop.signal),
    );
    await expect.poll(() => held.length, { timeout: 20_000 }).toBe(100);
    await expect(ask(connection, { ...version, timeoutMs: 10_000 })).resolves.toEqual({});
    stop.abort();
    await Promise.all(watches);
  });

  it("end at their own time where they wait for a socket", async () => {
    const { held, connection } = await holding();
    const waiting = Array.from({ length: 64 }, () =>
      ask(connection, { path: "api/v1/pods", what: "list pods" }).catch(() => undefined),
    );
    await expect.poll(() => held.length, { timeout: 20_000 }).toBe(64);
    await expect(ask(connection, { ...version, timeoutMs: 200 })).rejects.toMatchObject({ code: "timeout" });
    for (const response of held) response.end("{}");
    await Promise.all(waiting);
  });
});
