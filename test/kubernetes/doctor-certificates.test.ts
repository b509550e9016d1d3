import { describe, expect, it } from "vitest";
import { tlsServer } from "#test/support/tls-server.ts";
import { base64, dayMs, diagnose, expectEnd, jwt, kept, toward } from "./doctor-scene.ts";

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
