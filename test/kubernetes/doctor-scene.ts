import { createServer, type Server } from "node:net";
import { type Cluster, KubeConfig, type User } from "@kubernetes/client-node";
import { afterEach, expect } from "vitest";
import { connect } from "#cluster/connection.ts";
import { type Diagnosis, examine } from "#cluster/doctor/doctor.ts";
import { hops } from "#cluster/doctor/hops.ts";
import type { TlsServer } from "#test/support/tls-server.ts";

export const dayMs = 24 * 60 * 60 * 1000;
const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** Keeps a thing until the test is over. */
export async function kept<T extends { close(): unknown }>(thing: Promise<T>): Promise<T> {
  const here = await thing;
  undo.push(() => here.close());
  return here;
}

export const base64 = (text: string) => Buffer.from(text).toString("base64");

interface Given {
  readonly server: string;
  readonly cluster?: Partial<Cluster>;
  readonly user?: Partial<User>;
  readonly now?: () => number;
}

export async function diagnose({ server, cluster, user, now }: Given): Promise<Diagnosis> {
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
export const toward = (server: TlsServer, given: Partial<Given> = {}) =>
  diagnose({
    server: `https://127.0.0.1:${server.port}`,
    ...given,
    cluster: { caData: base64(server.certificates.ca), ...given.cluster },
  });

/** The walk ended at this hop: all before it passed or were not needed, all after it were not tried. */
export function expectEnd(diagnosis: Diagnosis, hop: (typeof hops)[number], reason: string, words: RegExp): void {
  expect(diagnosis.fault).toMatchObject({ hop, reason, message: expect.stringMatching(words) });
  expect(diagnosis.healthy).toBe(false);
  expect(diagnosis.fault?.advice).toMatch(/\w{3}/);
  const at = hops.indexOf(hop);
  diagnosis.hops.forEach(({ state }, index) => {
    if (index < at) expect(["passed", "not-needed"]).toContain(state);
    else expect(state).toBe(index === at ? "failed" : "not-tried");
  });
}

export function listening(server: Server): Promise<{ readonly port: number; close(): unknown }> {
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

export const silent = () => listening(createServer((socket) => void socket.on("error", () => undefined)));

export function jwt(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part(claims)}.c2ln`;
}

export function eksToken(date: string): string {
  const url = `https://sts.us-east-1.amazonaws.com/?Action=GetCallerIdentity&X-Amz-Date=${date}&X-Amz-Expires=60`;
  return `k8s-aws-v1.${Buffer.from(url).toString("base64url")}`;
}
