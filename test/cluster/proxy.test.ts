import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { connect } from "#cluster/connection.ts";
import { containersOf } from "#cluster/containers.ts";
import { ownKubeconfig } from "#cluster/kubeconfig.ts";
import { readPod } from "#cluster/pods.ts";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { openShell } from "#reach/open-shell.ts";
import { sharedCluster } from "#test/support/cluster.ts";
import { type ConnectProxy, connectProxy } from "#test/support/connect-proxy.ts";

const folder = mkdtempSync(join(tmpdir(), "muster-proxy-"));
let cluster: EmbeddedCluster;
let proxy: ConnectProxy;
beforeAll(async () => {
  cluster = await sharedCluster();
});
afterEach(() => proxy?.close());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Reads a pod and runs a command in it, by way of a proxy. */
async function through(url: string) {
  const config = parse(readFileSync(cluster.kubeconfig, "utf8"));
  for (const each of config.clusters) each.cluster["proxy-url"] = url;
  const path = join(folder, "kubeconfig");
  writeFileSync(path, stringify(config));
  const connection = connect("demo", ownKubeconfig(path, "muster"));
  try {
    const pod = await readPod(connection, "demo", "busybox-only");
    const target = pod && containersOf("demo", pod, ["containers"])[0]?.target;
    if (target === undefined) throw new Error("the sample workloads have this pod");
    const session = await openShell(connection, target);
    const { stdout } = await session.run("echo through");
    await session.close();
    return Buffer.from(stdout).toString();
  } finally {
    connection.close();
  }
}

describe("an HTTP CONNECT proxy", () => {
  it("carries requests and the exec stream", async () => {
    proxy = await connectProxy();
    expect(await through(proxy.url)).toBe("through\n");
    const host = new URL(cluster.server).host;
    expect(proxy.tunnels.length).toBeGreaterThanOrEqual(2);
    expect(new Set(proxy.tunnels)).toEqual(new Set([host]));
  });

  it("is given the user and the password of its URL", async () => {
    proxy = await connectProxy("scanner:s3cret");
    expect(await through(proxy.url)).toBe("through\n");
    expect(proxy.refused).toBe(0);
  });

  it("that refuses is told as the proxy's fault, without the password", async () => {
    proxy = await connectProxy("scanner:s3cret");
    const wrong = proxy.url.replace("s3cret", "wr0ng");
    const error = await through(wrong).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "proxy", message: expect.stringContaining(new URL(proxy.url).host) });
    expect(String(error)).not.toContain("wr0ng");
  });
});
