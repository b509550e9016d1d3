import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { readChallenge } from "#reach/image/registry/challenge.ts";
import { request } from "#reach/image/registry/http.ts";
import { imageInRegistry } from "#reach/image/registry/image-in-registry.ts";

const signal = AbortSignal.timeout(20_000);
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function serving(serve: (request: IncomingMessage, response: ServerResponse) => unknown): Promise<string> {
  const server = createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`; // a TCP server's address
}

/** Bytes that never end; gives how many were taken before nobody wanted more. */
function endless(response: ServerResponse): Promise<number> {
  const piece = Buffer.alloc(65_536, "x");
  let sent = 0;
  return new Promise((resolve) => {
    const more = () => {
      do sent += piece.length;
      while (response.write(piece));
    };
    response.on("drain", more).on("close", () => resolve(sent));
    more();
  });
}

const open = (host: string) =>
  imageInRegistry(
    { reference: `${host}/app@sha256:${"0".repeat(64)}`, platform: { os: "linux", architecture: "amd64" } },
    signal,
  );

describe("a hostile registry", () => {
  const few = 8 * 2 ** 20; // what buffers of sockets hold, and more

  it("that says no without an end is read no further than is told of it", async () => {
    let sent: Promise<number> | undefined;
    const host = await serving((_request, response) => {
      response.writeHead(403);
      sent = endless(response);
    });
    await expect(open(host)).rejects.toThrow(/answers 403 for .*x{100}/);
    expect(await sent).toBeLessThan(few);
  });

  it("that gives a token without an end gives none", async () => {
    let sent: Promise<number> | undefined;
    const host: string = await serving(({ url }, response) => {
      if (url?.startsWith("/token") === true) sent = endless(response);
      else response.writeHead(401, { "www-authenticate": `Bearer realm="http://${host}/token"` }).end();
    });
    await expect(open(host)).rejects.toThrow(/gives no token/);
    expect(await sent).toBeLessThan(few);
  });

  it.each([
    [307, "localhost", 0],
    [302, "localhost", 0],
    [307, "127.0.0.1", 1],
  ])("that answers a form with %s to %s has it sent on %s times", async (status, name, times) => {
    const forms: string[] = [];
    const host: string = await serving((asked, response) => {
      const port = host.replace(/.*:/, "");
      if (asked.url === "/token") return response.writeHead(status, { location: `http://${name}:${port}/other` }).end();
      asked.on("data", (data: Buffer) => forms.push(String(data)));
      return asked.on("end", () => response.end());
    });
    const form = new URLSearchParams({ refresh_token: "secret" });
    const asked = request({ url: new URL(`http://${host}/token`), form, signal });
    await (times === 0 ? expect(asked).rejects.toMatchObject({ code: "unauthenticated" }) : asked);
    expect(forms).toEqual(Array(times).fill("refresh_token=secret"));
  });
});

const bearer = { scheme: "bearer", realm: "https://auth/token", service: "reg", scope: undefined };
const basic = { scheme: "basic", realm: "Registry", service: undefined, scope: undefined };

it.each([
  ['Bearer realm="https://auth/token",service="reg"', bearer],
  ['Bearer realm="https://auth/token",service="reg", Basic realm="Registry"', bearer],
  ['Basic realm="Registry", Bearer realm="https://auth/token", service="reg"', bearer],
  ['Negotiate, Bearer realm="https://auth/token",service=reg', bearer],
  ['Negotiate YWJj==, BEARER Realm = "https://auth/token" , service="reg"', bearer],
  ['Digest realm="a, Basic realm=b", nonce="c", Basic realm="Registry"', basic],
  ["basic realm=Registry", basic],
  ["Basic", { ...basic, realm: "" }],
  ["Negotiate", undefined],
  ['realm="Registry"', undefined],
  ["", undefined],
  [null, undefined],
])("the challenge %s is understood", (header, challenge) => {
  expect(readChallenge(header)).toEqual(challenge);
});
