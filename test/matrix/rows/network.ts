import { createCertificates } from "#embedded/cluster/api/certificates.ts";
import { blackHole } from "#test/support/black-hole.ts";
import { connectProxy } from "#test/support/connect-proxy.ts";
import { forwarder } from "../forwarder.ts";
import { idling, podOf } from "../pod.ts";
import type { MatrixRow } from "../row.ts";
import type { Stage } from "../stage.ts";

const pod = podOf([idling("alpine-like")]);
const row = { level: "baseline", pod } as const;

async function throughProxy({ atEnd }: Stage, password: string) {
  const proxy = await connectProxy("scanner:s3cret");
  atEnd(() => proxy.close());
  return { server: { "proxy-url": proxy.url.replace("s3cret", password) } };
}

/** An address for which the server's certificate was not made, as at the near end of a tunnel. */
async function throughForwarder({ cluster, atEnd }: Stage) {
  const near = await forwarder(Number(new URL(cluster.server).port));
  atEnd(near.close);
  return near.server;
}

/** What lies between muster and the API server. */
export const networkRows: readonly MatrixRow[] = [
  {
    ...{ ...row, id: "proxy", title: "Behind an HTTP proxy that wants a password", ends: "shell" },
    connection: (stage) => throughProxy(stage, "s3cret"),
  },
  {
    ...{ ...row, id: "proxy-refuses", title: "Behind an HTTP proxy that refuses the password", ends: "proxy" },
    connection: (stage) => throughProxy(stage, "wr0ng"),
  },
  {
    ...{ ...row, id: "tls-server-name", title: "Behind a forwarder, with tls-server-name", ends: "shell" },
    connection: async (stage) => ({
      server: { server: await throughForwarder(stage), "tls-server-name": "kubernetes" },
    }),
  },
  {
    ...{ ...row, id: "wrong-name", title: "Behind a forwarder, without tls-server-name", ends: "tls" },
    connection: async (stage) => ({ server: { server: await throughForwarder(stage) } }),
  },
  {
    ...{ ...row, id: "wrong-ca", title: "Certificate of another authority than the kubeconfig says", ends: "tls" },
    connection: async () => {
      const { ca } = await createCertificates();
      return { server: { "certificate-authority-data": Buffer.from(ca).toString("base64") } };
    },
  },
  {
    ...{ ...row, id: "dead-route", title: "Dead route: packets to the API server are swallowed", ends: "tcp" },
    connection: async ({ atEnd }) => {
      const hole = await blackHole();
      atEnd(hole.close);
      return { server: { server: `https://127.0.0.1:${hole.port}` } };
    },
  },
  {
    ...{ ...row, id: "refused", title: "Nobody listens at the API server's address", ends: "tcp" },
    connection: () => ({ server: { server: "https://127.0.0.1:9" } }),
  },
  {
    ...{ ...row, id: "throttled", title: "API server that asks to come back in a minute", ends: "throttled" },
    shown: "played by the embedded API",
    connection: ({ cluster, pod: name, atEnd }) => {
      const match = ({ url }: { readonly url: string }) => url.includes(`/pods/${name}`);
      const body = { message: "Too many requests, please try again later." };
      atEnd(cluster.faults.add({ match, respond: { code: 429, body, retryAfterSeconds: 60 } }));
      return {};
    },
  },
];
