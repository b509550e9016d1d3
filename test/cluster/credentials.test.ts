import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { beforeAll, describe, expect, it } from "vitest";
import { secretsManager } from "#aws/secrets.ts";
import { openExec } from "#cluster/exec/handshake.ts";
import { listPods } from "#cluster/pods.ts";
import { readClusterRecord } from "#cluster/record.ts";
import { type EmbeddedCloud, embeddedCloud } from "#embedded/aws/cloud.ts";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { clusterConnections } from "#functions/executor/clusters.ts";
import { kubeConfig, sharedCluster } from "#test/support/cluster.ts";
import { connectProxy } from "#test/support/connect-proxy.ts";

const name = "muster-main/clusters/embedded";
const target = { namespace: "demo", pod: "busybox-only", container: "busybox" };
let cluster: EmbeddedCluster;
let cloud: EmbeddedCloud;
beforeAll(async () => {
  cluster = await sharedCluster();
});

/** The executor's own way to a cluster: a record in Secrets Manager, cached, and one connection. */
function executor() {
  cloud = embeddedCloud();
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const { requestHandler } = cloud;
  const secret = secretsManager(
    () => 0,
    new SecretsManagerClient({ region: "us-east-1", credentials, requestHandler }),
  );
  return clusterConnections({
    record: async (id, fresh) => readClusterRecord(await secret(name, fresh), id),
    mint: async () => "unused",
  });
}

function record(credentials: object): string {
  const { server = "", caData = "" } = kubeConfig(cluster).getCurrentCluster() ?? {};
  return JSON.stringify({ schemaVersion: 1, server, caData, ...credentials });
}

const token = () => record({ kind: "token", token: kubeConfig(cluster).getCurrentUser()?.token });

async function podsSeen(connect: ReturnType<typeof executor>): Promise<number> {
  let pods = 0;
  for await (const _ of listPods(await connect("embedded"), { namespace: target.namespace })) pods += 1;
  return pods;
}

describe("a cluster's record", () => {
  it("lets the executor in by a token", async () => {
    const connect = executor();
    cloud.putSecret(name, token());
    expect(await podsSeen(connect)).toBeGreaterThan(0);
  });

  it("lets the executor in by a client certificate", async () => {
    const connect = executor();
    const { certData, keyData } = kubeConfig(cluster, "muster-admin").getCurrentUser() ?? {};
    cloud.putSecret(name, record({ kind: "certificate", certData, keyData }));
    expect(await podsSeen(connect)).toBeGreaterThan(0);
  });

  it("leads by way of its proxy, lists and exec alike, also for whoever gets a token", async () => {
    const proxy = await connectProxy("scanner:s3cret");
    const connect = executor();
    const { token = "" } = kubeConfig(cluster).getCurrentUser() ?? {};
    cloud.putSecret(name, record({ kind: "token", token, proxyUrl: proxy.url }));
    expect(await podsSeen(connect)).toBeGreaterThan(0);
    const connection = (await connect("embedded")).as(token);
    (await openExec(connection, target, ["true"])).terminate();
    expect(new Set(proxy.tunnels)).toEqual(new Set([new URL(cluster.server).host]));
    expect(proxy.tunnels.length).toBeGreaterThanOrEqual(2);
    connection.close();
    await proxy.close();
    await expect(podsSeen(connect)).rejects.toMatchObject({ code: "proxy" });
  });

  it("that was renewed is picked up when the old one is refused, by lists and by exec, without a restart", async () => {
    const connect = executor();
    cloud.putSecret(name, record({ kind: "token", token: "revoked" }));
    await expect(podsSeen(connect)).rejects.toMatchObject({ code: "unauthenticated" });
    cloud.putSecret(name, token()); // the clock stands still: the cache would keep the old one for ever
    expect(await podsSeen(connect)).toBeGreaterThan(0);

    const again = executor();
    cloud.putSecret(name, record({ kind: "token", token: "revoked" }));
    const connection = await again("embedded");
    cloud.putSecret(name, token());
    const socket = await openExec(connection, target, ["true"]);
    socket.terminate();
  });
});
