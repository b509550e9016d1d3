import { createServer, type Server } from "node:net";
import { KubeConfig } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask } from "#cluster/api.ts";
import { connect } from "#cluster/connection.ts";
import { ScanError } from "#contract/errors.ts";

let silent: Server;
let port: number;
beforeAll(async () => {
  silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const address = silent.address();
  port = typeof address === "object" && address !== null ? address.port : 0;
});
afterAll(() => void silent.close());

function toSilentServer() {
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: "c", server: `https://127.0.0.1:${port}`, skipTLSVerify: false },
    { name: "u", token: "t" },
  );
  return connect("silent", config);
}

describe("an API server that accepts and never answers", () => {
  it("is a timeout that names the server and what was asked", async () => {
    const connection = toSilentServer();
    const error = await ask(connection, { path: "version", what: "read the version", timeoutMs: 100 }).catch(
      (e: unknown) => e,
    );
    expect(error).toMatchObject({ code: "timeout", message: expect.stringContaining(`127.0.0.1:${port}`) });
    expect(error).toMatchObject({ message: expect.stringContaining("read the version") });
    connection.close();
  });

  it("is left at once when the scan is stopped, and the reason stays", async () => {
    const connection = toSilentServer();
    const stop = new AbortController();
    const asking = ask(connection, { path: "version", what: "x", signal: stop.signal });
    stop.abort(new ScanError("deadline", "too late"));
    await expect(asking).rejects.toMatchObject({ code: "deadline", message: "too late" });
    connection.close();
  });
});
