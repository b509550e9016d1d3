import type { Cluster, User } from "@kubernetes/client-node";
import { describe, expect, it } from "vitest";
import { tokenFacts } from "#cluster/doctor/token.ts";
import { tlsServer } from "#test/support/tls-server.ts";
import { base64, dayMs, diagnose, eksToken, expectEnd, jwt, kept, toward } from "./doctor-scene.ts";

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
