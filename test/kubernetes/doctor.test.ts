import { createServer as createHttpServer } from "node:http";
import { connect as connectTcp, createServer, type Server, type Socket } from "node:net";
import { type Cluster, KubeConfig, type User } from "@kubernetes/client-node";
import { afterEach, describe, expect, it } from "vitest";
import { connect } from "#cluster/connection.ts";
import { dnsFault } from "#cluster/doctor/dns.ts";
import { type Diagnosis, examine } from "#cluster/doctor/doctor.ts";
import { hops } from "#cluster/doctor/hops.ts";
import { connectAny } from "#cluster/doctor/tcp.ts";
import { tokenFacts } from "#cluster/doctor/token.ts";
import { blackHole } from "#test/support/black-hole.ts";
import { connectProxy } from "#test/support/connect-proxy.ts";
import { type TlsServer, tlsServer } from "#test/support/tls-server.ts";

const dayMs = 24 * 60 * 60 * 1000;
const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** Keeps a thing until the test is over. */
async function kept<T extends { close(): unknown }>(thing: Promise<T>): Promise<T> {
  const here = await thing;
  undo.push(() => here.close());
  return here;
}

const base64 = (text: string) => Buffer.from(text).toString("base64");

interface Given {
  readonly server: string;
  readonly cluster?: Partial<Cluster>;
  readonly user?: Partial<User>;
  readonly now?: () => number;
}

async function diagnose({ server, cluster, user, now }: Given): Promise<Diagnosis> {
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: "c", server, skipTLSVerify: false, ...cluster },
    { name: "u", ...(user ?? { token: "secret-token" }) },
  );
  const connection = connect("sick", config);
  const told: string[] = [];
  const diagnosis = await examine(connection, {
    onHop: ({ hop }) => told.push(hop),
    ...(now && { now }),
  }).finally(() => connection.close());
  expect(told).toEqual(hops);
  expect(JSON.stringify(diagnosis)).not.toMatch(/secret-token|s3cret|wr0ng/);
  return diagnosis;
}

/** Against a TLS server whose CA is known. */
const toward = (server: TlsServer, given: Partial<Given> = {}) =>
  diagnose({
    server: `https://127.0.0.1:${server.port}`,
    ...given,
    cluster: { caData: base64(server.certificates.ca), ...given.cluster },
  });

/** The walk ended at this hop: all before it passed or were not needed, all after it were not tried. */
function expectEnd(diagnosis: Diagnosis, hop: (typeof hops)[number], reason: string, words: RegExp): void {
  expect(diagnosis.fault).toMatchObject({ hop, reason, message: expect.stringMatching(words) });
  expect(diagnosis.healthy).toBe(false);
  expect(diagnosis.fault?.advice).toMatch(/\w{3}/);
  const at = hops.indexOf(hop);
  diagnosis.hops.forEach(({ state }, index) => {
    if (index < at) expect(["passed", "not-needed"]).toContain(state);
    else expect(state).toBe(index === at ? "failed" : "not-tried");
  });
}

function listening(server: Server): Promise<{ readonly port: number; close(): unknown }> {
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve({
        port: typeof address === "object" && address !== null ? address.port : 0,
        close: () => server.close(),
      });
    }),
  );
}

const silent = () => listening(createServer((socket) => void socket.on("error", () => undefined)));

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

describe("the server's certificate", () => {
  it("that has expired is told with its day", async () => {
    const server = await kept(tlsServer({ madeAt: new Date(Date.now() - 400 * dayMs) }));
    expectEnd(await toward(server), "tls", "tls", /expired on \d{4}-\d\d-\d\d/);
  });

  it("that is not valid yet points to the clock", async () => {
    const server = await kept(tlsServer());
    const diagnosis = await toward(server, { now: () => Date.now() - 10 * dayMs });
    expectEnd(diagnosis, "tls", "tls", /not valid before/);
  });

  it("for other names lists them", async () => {
    const server = await kept(tlsServer());
    const diagnosis = await toward(server, {
      cluster: { caData: base64(server.certificates.ca), tlsServerName: "api.other" },
    });
    expectEnd(diagnosis, "tls", "tls", /not for api\.other; it is for 127\.0\.0\.1, localhost, kubernetes/);
    expect(diagnosis.fault?.advice).toContain("tls-server-name");
  });

  it("is verified for the name that tls-server-name gives", async () => {
    const server = await kept(tlsServer());
    const diagnosis = await toward(server, {
      cluster: { caData: base64(server.certificates.ca), tlsServerName: "kubernetes.default.svc" },
    });
    expect(diagnosis.fault?.hop).toBe("authentication");
  });

  it("by a CA that is not known here names its issuer", async () => {
    const [server, other] = [await kept(tlsServer()), await kept(tlsServer())];
    const diagnosis = await toward(server, { cluster: { caData: base64(other.certificates.ca) } });
    expectEnd(diagnosis, "tls", "tls", /no CA that is trusted here.*issuer CN=kubernetes/);
    expect(diagnosis.fault?.advice).toContain("certificate-authority-data");
  });

  it("that nobody verifies is a warning", async () => {
    const server = await kept(tlsServer());
    const diagnosis = await diagnose({ server: `https://127.0.0.1:${server.port}`, cluster: { skipTLSVerify: true } });
    expect(diagnosis.fault?.hop).toBe("authentication");
    expect(diagnosis.warnings.join()).toContain("insecure-skip-tls-verify");
  });

  it("that expires in less than thirty days is a warning, and so is the client's", async () => {
    const server = await kept(tlsServer({ madeAt: new Date(Date.now() - 350 * dayMs) }));
    const { certificate, key } = server.certificates.admin;
    const diagnosis = await toward(server, { user: { certData: base64(certificate), keyData: base64(key) } });
    expect(diagnosis.warnings).toEqual([
      expect.stringMatching(/^the client certificate expires in 1[45] days/),
      expect.stringMatching(/^the API server's certificate expires in 1[45] days/),
    ]);
  });

  it("in order, there is no warning", async () => {
    const { certificate, key } = (await kept(tlsServer())).certificates.admin;
    const diagnosis = await toward(await kept(tlsServer()), {
      user: { certData: base64(certificate), keyData: base64(key) },
    });
    expect(diagnosis.warnings).toEqual([]);
  });

  it("a server that wants a client certificate and gets none is tls", async () => {
    const server = await kept(tlsServer({ wantsCertificate: true }));
    expectEnd(await toward(server), "tls", "tls", /client certificate|first request/);
  });
});

describe("the clock", () => {
  it.each([
    [-7_200_000, /^clock: this machine is (7199|7200|7201) s ahead of the API server$/],
    [60_000, /^clock: this machine is (59|60|61) s behind the API server$/],
  ])("of a server that is off by %i ms is a warning", async (offsetMs, words) => {
    const server = await kept(
      tlsServer({
        answer: (_request, response) => {
          response.setHeader("Date", new Date(Date.now() + offsetMs).toUTCString());
          response.writeHead(401).end();
        },
      }),
    );
    expect((await toward(server)).warnings).toEqual([expect.stringMatching(words)]);
  });

  it("that a token is ahead of is a warning", async () => {
    const iat = Math.floor(Date.now() / 1000) + 600;
    const diagnosis = await toward(await kept(tlsServer()), { user: { token: jwt({ iat, exp: iat + 3600 }) } });
    expect(diagnosis.warnings.join()).toMatch(/issued (600|599) s in the future/);
    expectEnd(diagnosis, "authentication", "unauthenticated", /clock has not reached/);
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

describe("credentials", () => {
  it.each<[string, Partial<User>, RegExp]>([
    ["an expired token", { token: jwt({ sub: "me", exp: 1_000_000_000 }) }, /the JWT expired at 2001-09-09/],
    ["an old EKS token", { token: eksToken("20200101T000000Z") }, /the EKS token expired at 2020-01-01T00:15/],
    ["a token that nobody knows", { token: "secret-token" }, /opaque token is not accepted/],
  ])("%s is unauthenticated, and why", async (_what, user, words) => {
    expectEnd(await toward(await kept(tlsServer()), { user }), "authentication", "unauthenticated", words);
  });

  it("of a client certificate that has expired are told so", async () => {
    const old = await kept(tlsServer({ madeAt: new Date(Date.now() - 400 * dayMs) }));
    const { certificate, key } = old.certificates.admin;
    const user = { certData: base64(certificate), keyData: base64(key) };
    expectEnd(
      await toward(await kept(tlsServer()), { user }),
      "authentication",
      "unauthenticated",
      /certificate expired/,
    );
  });

  it.each<[string, Partial<Cluster>, Partial<User>]>([
    ["cluster.certificate-authority-data", { caData: base64("no certificate") }, {}],
    ["user.client-certificate-data", {}, { certData: base64("garbage"), keyData: base64("garbage") }],
    ["user.client-key-data", {}, { certData: "CERT", keyData: base64("garbage") }],
    ["user.client-key-data", {}, { certData: "CERT", keyData: "OTHER KEY" }],
    ["user.client-certificate-data", {}, { certData: "CERT" }],
  ])("with a useless %s are a bad request that names it, before anything is sent", async (field, cluster, user) => {
    const server = await kept(tlsServer());
    const { certificate } = server.certificates.admin;
    const other = (await kept(tlsServer())).certificates.admin.key;
    const { certData, keyData } = user;
    const given = {
      ...(certData && { certData: certData === "CERT" ? base64(certificate) : certData }),
      ...(keyData && { keyData: keyData === "OTHER KEY" ? base64(other) : keyData }),
    };
    expectEnd(await toward(server, { cluster, user: given }), "credentials", "bad-request", new RegExp(field));
  });

  it("of a plugin that is not there are unauthenticated", async () => {
    const exec = { apiVersion: "client.authentication.k8s.io/v1", command: "/nonexistent/plugin" };
    const diagnosis = await diagnose({ server: "https://127.0.0.1:9", user: { exec } });
    expectEnd(diagnosis, "credentials", "unauthenticated", /\/nonexistent\/plugin/);
  });
});

describe("what a token tells of itself", () => {
  it.each([
    ["", { kind: "opaque token" }],
    ["a.b.c", { kind: "opaque token" }],
    [`x.${Buffer.from("null").toString("base64url")}.y`, { kind: "opaque token" }],
    [`x.${Buffer.from('{"sub":5,"exp":"soon"}').toString("base64url")}.y`, { kind: "JWT" }],
    ["k8s-aws-v1.", { kind: "EKS token" }],
    [eksToken("99999999T999999Z"), { kind: "EKS token" }],
  ])("%s", (token, facts) => {
    expect(tokenFacts(token)).toEqual(facts);
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

function jwt(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part(claims)}.c2ln`;
}

function eksToken(date: string): string {
  const url = `https://sts.us-east-1.amazonaws.com/?Action=GetCallerIdentity&X-Amz-Date=${date}&X-Amz-Expires=60`;
  return `k8s-aws-v1.${Buffer.from(url).toString("base64url")}`;
}
