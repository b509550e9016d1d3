import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { EmbeddedCloud } from "#embedded/aws/cloud.ts";

export interface AwsEndpoint {
  /** `http://127.0.0.1:<port>`: for AWS_ENDPOINT_URL. */
  readonly url: string;
  close(): Promise<void>;
}

/** The embedded cloud on a port of the loopback, for code that runs in a process of its own. */
export async function awsEndpoint(cloud: EmbeddedCloud): Promise<AwsEndpoint> {
  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? "/", "http://127.0.0.1");
    const { response } = await cloud.requestHandler.handle({
      method: incoming.method ?? "GET",
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])),
      body: await buffer(incoming),
    });
    outgoing.writeHead(response.statusCode, response.headers);
    outgoing.end(await buffer(response.body));
  }
  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing).catch((error: Error) => outgoing.destroy(error));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // a TCP server's
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
