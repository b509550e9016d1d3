import { createServer as createHttpServer } from "node:http";
import { connect as connectTcp, createServer, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { dnsFault } from "#cluster/doctor/dns.ts";
import { connectAny } from "#cluster/doctor/tcp.ts";
import { blackHole } from "#test/support/black-hole.ts";
import { connectProxy } from "#test/support/connect-proxy.ts";
import { tlsServer } from "#test/support/tls-server.ts";
import { base64, diagnose, expectEnd, kept, listening, silent, toward } from "./doctor-scene.ts";

describe("on the way to the server", () => {
  it("a name that does not resolve is dns", async () => {
    const diagnosis = await diagnose({ server: "https://api.muster.invalid:6443" });
    expectEnd(diagnosis, "dns", "dns", /^api\.muster\.invalid does not resolve/);
  });

  it("a private EKS endpoint that does not resolve is told where it would", () => {
    const host = { name: "ABC.gr7.eu-west-1.eks.amazonaws.com", port: 443, isProxy: false };
    expect(dnsFault(host, "no such name").advice).toContain("inside its VPC");
  });

  it("a port on which nothing listens is tcp, and refused", async () => {
    expectEnd(await diagnose({ server: "https://127.0.0.1:9" }), "tcp", "tcp", /connection refused/);
  });

  it("an address that swallows packets is tcp, and silent", async () => {
    const { port } = await kept(blackHole());
    expectEnd(await diagnose({ server: `https://127.0.0.1:${port}` }), "tcp", "tcp", /no answer within .*dropped/);
  });

  it("of two addresses the one that answers is taken, and the other told", async () => {
    const { port } = await kept(silent());
    const hole = await kept(blackHole());
    const host = { name: "both", port, isProxy: false };
    const { signal } = new AbortController();
    const taken = await connectAny(host, ["127.0.0.2", "127.0.0.1"], signal);
    taken.socket.destroy();
    expect(taken).toMatchObject({ address: "127.0.0.1", dead: ["127.0.0.2"] });
    const nobody = connectAny({ ...host, port: hole.port }, ["127.0.0.1"], AbortSignal.timeout(100));
    await expect(nobody).rejects.toMatchObject({ code: "tcp" });
  });

  it("a listener that accepts and never speaks is a timeout at TLS", async () => {
    const { port } = await kept(silent());
    expectEnd(await diagnose({ server: `https://127.0.0.1:${port}` }), "tls", "timeout", /accepts .* silent/);
  });

  it("what does not speak TLS is told so", async () => {
    const { port } = await kept(listening(createHttpServer((_request, response) => response.end("hello"))));
    expectEnd(await diagnose({ server: `https://127.0.0.1:${port}` }), "tls", "tls", /is not TLS/);
  });

  it("a connection that is cut during the handshake is told so", async () => {
    const { port } = await kept(listening(createServer((socket) => socket.once("data", () => socket.destroy()))));
    expectEnd(await diagnose({ server: `https://127.0.0.1:${port}` }), "tls", "tls", /during the handshake/);
  });

  it("a server that shakes hands and never answers is a timeout", async () => {
    const server = await kept(tlsServer({ answer: () => undefined }));
    expectEnd(await toward(server), "tls", "timeout", /silent/);
  });
});

describe("a proxy", () => {
  const by = async (proxyUrl: string) => {
    const server = await kept(tlsServer());
    return toward(server, { cluster: { caData: base64(server.certificates.ca), proxyUrl } });
  };

  it("that gives a tunnel is passed, and TLS is with the server behind it", async () => {
    const proxy = await kept(connectProxy("scanner:s3cret"));
    const diagnosis = await by(proxy.url);
    expectEnd(diagnosis, "authentication", "unauthenticated", /HTTP 401/);
    expect(diagnosis.hops[3]).toMatchObject({ hop: "proxy", state: "passed" });
  });

  it("of SOCKS gives a tunnel too", async () => {
    const proxy = await kept(listening(createServer(serveSocks)));
    expectEnd(await by(`socks5://127.0.0.1:${proxy.port}`), "authentication", "unauthenticated", /HTTP 401/);
  });

  it("that wants another login is told so", async () => {
    const proxy = await kept(connectProxy("scanner:s3cret"));
    expectEnd(await by(proxy.url.replace("s3cret", "wr0ng")), "proxy", "proxy", /407.*did not take ours/);
  });

  it.each([
    ["HTTP/1.1 403 Forbidden", /does not allow a tunnel/],
    ["HTTP/1.1 502 Bad Gateway", /no tunnel to 127/],
    ["SSH-2.0-OpenSSH_9.2", /no HTTP proxy/],
  ])("that answers %s is told so", async (line, words) => {
    const answer = createServer((socket) => socket.once("data", () => socket.end(`${line}\r\n\r\n`)));
    const { port } = await kept(listening(answer));
    expectEnd(await by(`http://127.0.0.1:${port}`), "proxy", "proxy", words);
  });

  it("that is silent, shut, or nowhere is the proxy's fault at its own hop", async () => {
    const { port } = await kept(silent());
    expectEnd(await by(`http://127.0.0.1:${port}`), "proxy", "proxy", /no answer to CONNECT/);
    expectEnd(await by("http://127.0.0.1:9"), "tcp", "proxy", /connection refused/);
    expectEnd(await by("http://proxy.muster.invalid:3128"), "dns", "proxy", /does not resolve/);
    expectEnd(await by("socks5://127.0.0.1:9"), "tcp", "proxy", /connection refused/);
  });
});

/** SOCKS 5 (RFC 1928) without a login, for IPv4 addresses: as much of it as a tunnel needs. */
function serveSocks(client: Socket): void {
  client.on("error", () => undefined);
  client.once("data", () => {
    client.write(Uint8Array.of(5, 0));
    client.once("data", (request: Buffer) => {
      const upstream = connectTcp(request.readUInt16BE(8), [...request.subarray(4, 8)].join("."), () => {
        client.write(Uint8Array.of(5, 0, 0, 1, 127, 0, 0, 1, 0, 0));
        upstream.pipe(client).pipe(upstream);
      });
      upstream.on("error", () => client.destroy());
    });
  });
}
