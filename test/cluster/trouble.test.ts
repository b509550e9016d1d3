import { afterEach, beforeAll, describe, expect, test } from "vitest";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { startDelayProxy } from "#embedded/cluster/delay-proxy.ts";
import { ask } from "#test/support/api-client.ts";
import { eventually, sharedCluster } from "#test/support/cluster.ts";
import { type ExecSocket, openExec, type Refused, V4, V5 } from "#test/support/exec-socket.ts";

let cluster: EmbeddedCluster;
beforeAll(async () => {
  cluster = await sharedCluster();
});
afterEach(() => cluster.faults.clear());

const isExec = ({ url }: { readonly url: string }): boolean => url.includes("/exec?");
const PRINT = ["/bin/sh", "-c", "head -c 100000 /dev/zero; echo end"];

describe("scripted faults", () => {
  test("a 429 has its Retry-After and is over after as many times as was said", async () => {
    cluster.faults.add({ match: () => true, times: 1, respond: { code: 429, retryAfterSeconds: 7 } });
    const refused = await ask(cluster, "/api/v1/namespaces/demo/pods");
    expect(refused.code).toBe(429);
    expect(refused.headers["retry-after"]).toBe("7");
    expect(refused.json).toMatchObject({ kind: "Status", reason: "TooManyRequests" });
    expect((await ask(cluster, "/api/v1/namespaces/demo/pods")).code).toBe(200);
  });

  test("an upgrade can be refused with a code and a body", async () => {
    cluster.faults.add({ match: isExec, respond: { code: 503, body: "shutting down" } });
    const refused = await openExec(cluster, "weak", PRINT).catch((error: Refused) => error);
    expect(refused).toMatchObject({ code: 503, text: "shutting down" });
  });

  test.each([V4, V5])("a session over %s can be cut in the middle of its output", async (protocol) => {
    cluster.faults.add({ match: isExec, dropAfterBytes: 40_000 });
    const session = await openExec(cluster, "weak", PRINT, { protocols: [protocol] });
    session.socket.on("error", () => {});
    expect(await session.closed).toBe(1006);
    expect(session.statuses()).toEqual([]);
    expect(session.output(1).length).toBeLessThan(100_000);
  });

  test.each([V4, V5])("a session over %s can freeze in the middle of its output", async (protocol) => {
    cluster.faults.add({ match: isExec, freezeAfterBytes: 40_000 });
    const session = await openExec(cluster, "weak", PRINT, { protocols: [protocol] });
    const frozen = await openExec(cluster, "weak", ["true"]).then(() => session.output(1).length);
    expect(frozen).toBeLessThan(100_000);
    expect(session.socket.readyState).toBe(session.socket.OPEN);
    session.socket.terminate();
  });

  const faulty = async (
    exec: NonNullable<Parameters<typeof cluster.faults.add>[0]["exec"]>,
    protocol: string,
  ): Promise<ExecSocket> => {
    cluster.faults.add({ match: isExec, exec });
    const session = await openExec(cluster, "weak", ["/bin/sh", "-c", "echo out"], { protocols: [protocol] });
    session.socket.on("error", () => {});
    await session.closed;
    return session;
  };

  test.each([V4, V5])("over %s a status can be missing, doubled, or an abrupt end", async (protocol) => {
    const missing = await faulty({ status: "missing" }, protocol);
    expect(missing.statuses()).toEqual([]);
    expect(await missing.closed).toBe(1000);
    cluster.faults.clear();
    expect((await faulty({ status: "duplicate" }, protocol)).statuses().length).toBe(2);
    cluster.faults.clear();
    expect(await (await faulty({ abruptEnd: true }, protocol)).closed).toBe(1006);
  });

  test("a server can claim a sub-protocol that nobody offered", async () => {
    cluster.faults.add({ match: isExec, exec: { subprotocol: "v3.channel.k8s.io" } });
    await expect(openExec(cluster, "weak", PRINT)).rejects.toThrow(/invalid subprotocol/);
  });
});

describe("the hop with distance", () => {
  const throughProxy = async (
    use: (proxied: EmbeddedCluster, proxy: Awaited<ReturnType<typeof startDelayProxy>>) => Promise<void>,
  ) => {
    const proxy = await startDelayProxy({ targetPort: Number(new URL(cluster.server).port), rttMs: 10 });
    try {
      await use({ ...cluster, server: `https://127.0.0.1:${proxy.port}` }, proxy);
    } finally {
      await proxy.close();
    }
  };

  test("bytes pass in order, and a session ends as it should", () =>
    throughProxy(async (proxied) => {
      const session = await openExec(proxied, "weak", ["/bin/sh", "-c", "head -c 20000000 /dev/zero; echo end"]);
      expect(await session.closed).toBe(1000);
      expect(session.output(1).length).toBe(20_000_004);
      expect(session.statuses()[0].status).toBe("Success");
    }));

  test("a stalled hop delivers nothing, and everything after it is resumed", () =>
    throughProxy(async (proxied, proxy) => {
      const session = await openExec(proxied, "busybox-only", ["cat"], { stdin: true });
      session.send("before ");
      await eventually("the echo", () => session.output(1).includes("before") || undefined);
      proxy.stall();
      session.send("after");
      await ask(cluster, "/version");
      expect(session.output(1).toString()).toBe("before ");
      proxy.resume();
      await eventually("the rest", () => session.output(1).includes("after") || undefined);
      session.closeStdin();
      expect(await session.closed).toBe(1000);
    }));

  test.each(["cut", "reset"] as const)("%s ends a session without status", (how) =>
    throughProxy(async (proxied, proxy) => {
      const session = await openExec(proxied, "busybox-only", ["cat"], { stdin: true });
      session.socket.on("error", () => {});
      proxy[how]();
      expect(await session.closed).toBe(1006);
      expect(session.statuses()).toEqual([]);
    }),
  );
});

test("a client that goes away ends an idle loop in the container", async () => {
  const session = await openExec(cluster, "busybox-only", ["/bin/sh", "-c", "echo $$; cat"], { stdin: true });
  await eventually("its pid", () => session.output(1).includes("\n") || undefined);
  const pid = session.output(1).toString().trim();
  session.socket.terminate();
  await eventually("the end of the process", async () => {
    const look = await openExec(cluster, "busybox-only", ["/bin/sh", "-c", `test -d /proc/${pid} || echo gone`]);
    await look.closed;
    return look.output(1).includes("gone") || undefined;
  });
});
