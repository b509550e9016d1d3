import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import { type ClusterCertificates, createCertificates } from "#embedded/cluster/api/certificates.ts";

/** An HTTPS server on loopback with certificates made for it, and whatever answers a test wants. */
export interface TlsServer {
  readonly port: number;
  readonly certificates: ClusterCertificates;
  close(): Promise<void>;
}

export interface TlsServerOptions {
  /** When its certificates were made; they are good for a year. */
  readonly madeAt?: Date;
  /** True: no handshake without a client certificate of its CA. */
  readonly wantsCertificate?: boolean;
  readonly answer?: (request: IncomingMessage, response: ServerResponse) => void;
}

export async function tlsServer(options: TlsServerOptions = {}): Promise<TlsServer> {
  const certificates = await createCertificates(options.madeAt);
  const { certificate: cert, key } = certificates.server;
  const wants = options.wantsCertificate ? { ca: certificates.ca, requestCert: true, rejectUnauthorized: true } : {};
  const answer = options.answer ?? ((_request, response) => void response.writeHead(401).end("{}"));
  const server = createServer({ cert, key, ...wants }, answer);
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    certificates,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
