import { WebSocket } from "ws";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { caOf, tokenOf } from "./api-client.ts";
import { kubeConfig } from "./cluster.ts";

export interface ExecOptions {
  readonly container?: string;
  readonly stdin?: boolean;
  readonly protocols?: readonly string[];
  readonly context?: string;
  readonly token?: string;
}

/** What came of an upgrade that was refused. */
export interface Refused {
  readonly code: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** One exec session over a bare `ws` socket, with all that arrived by channel. */
export interface ExecSocket {
  readonly socket: WebSocket;
  readonly frames: { readonly channel: number; readonly size: number }[];
  readonly output: (channel: number) => Buffer;
  /** Statuses that came on channel 3. */
  // biome-ignore lint/suspicious/noExplicitAny: looked at field by field in assertions
  readonly statuses: () => any[];
  readonly send: (bytes: Uint8Array | string) => void;
  readonly closeStdin: () => void;
  /** The close code, once the session is over. */
  readonly closed: Promise<number>;
}

export const V4 = "v4.channel.k8s.io";
export const V5 = "v5.channel.k8s.io";

/** Opens an exec session in namespace demo. Rejects with a Refused when there is no upgrade. */
export function openExec(
  cluster: EmbeddedCluster,
  pod: string,
  command: readonly string[],
  options: ExecOptions = {},
): Promise<ExecSocket> {
  const config = kubeConfig(cluster, options.context ?? "muster");
  const query = new URLSearchParams();
  for (const word of command) query.append("command", word);
  query.set("stdin", String(options.stdin ?? false));
  query.set("stdout", "true");
  query.set("stderr", "true");
  if (options.container !== undefined) query.set("container", options.container);
  const url = `${cluster.server.replace("https", "wss")}/api/v1/namespaces/demo/pods/${pod}/exec?${query}`;
  const socket = new WebSocket(url, [...(options.protocols ?? [V5, V4])], {
    ...{ ca: caOf(config), perMessageDeflate: false },
    headers: options.token === undefined ? tokenOf(config) : { Authorization: `Bearer ${options.token}` },
  });
  const received: { channel: number; payload: Buffer }[] = [];
  const output = (channel: number): Buffer =>
    Buffer.concat(received.filter((frame) => frame.channel === channel).map((frame) => frame.payload));
  socket.on("message", (data: Buffer) => received.push({ channel: data[0] ?? -1, payload: data.subarray(1) }));
  const closed = new Promise<number>((resolve) => socket.once("close", resolve));
  const session: ExecSocket = {
    ...{ socket, output, closed },
    get frames() {
      return received.map(({ channel, payload }) => ({ channel, size: payload.length }));
    },
    statuses: () =>
      received
        .filter((frame) => frame.channel === 3 && frame.payload.length > 0)
        .map((frame) => JSON.parse(frame.payload.toString())),
    send: (bytes) => socket.send(Buffer.concat([Uint8Array.of(0), Buffer.from(bytes)])),
    closeStdin: () => socket.send(Uint8Array.of(255, 0)),
  };
  return new Promise((resolve, reject) => {
    socket.once("open", () => resolve(session));
    socket.on("error", reject);
    socket.once("unexpected-response", (_request, response) => {
      const chunks: Uint8Array[] = [];
      response.on("data", (chunk: Uint8Array) => chunks.push(chunk));
      response.once("end", () => {
        const refused: Refused = {
          code: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
        };
        reject(refused);
      });
    });
  });
}
