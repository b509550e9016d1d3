import type { ClientRequest } from "node:http";
import https from "node:https";
import { isIP, type Socket } from "node:net";
import { abortError, ScanError } from "#contract/errors.ts";
import type { Connection } from "./connection.ts";
import { hopFailure } from "./hop.ts";
import { withNewestCredentials } from "./renew.ts";
import { refusalError } from "./status.ts";

export interface ApiRequest {
  /** Path below the server's URL, such as `api/v1/pods`; its parts are already encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly method?: "GET" | "POST" | "PATCH" | "DELETE";
  readonly contentType?: string;
  readonly body?: unknown;
  /** What is asked, in words, for messages: "list pods in namespace shop". */
  readonly what: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

const defaultTimeoutMs = 30_000;
/** Four tries of the kernel (TCP backs off 1, 2, 4 s): a route that swallows them all is dead. */
const connectTimeoutMs = 10_000;
const largestBodyBytes = 128 * 1024 * 1024;

/**
 * One JSON request to the API server. Gives the parsed body of a 2xx answer. Everything else is a ScanError: the hop
 * that failed, `timeout`, or the server's refusal in its own words. Retries only a 401 that newer credentials may end.
 */
export function ask(connection: Connection, request: ApiRequest): Promise<unknown> {
  return withNewestCredentials(connection, () => askOnce(connection, request));
}

async function askOnce(connection: Connection, request: ApiRequest): Promise<unknown> {
  const timeoutMs = request.timeoutMs ?? defaultTimeoutMs;
  const limit = AbortSignal.timeout(timeoutMs);
  const signal = request.signal ? AbortSignal.any([request.signal, limit]) : limit;
  const options = await connection.authorize();
  try {
    const answer = await send(connection.server, options, request, signal);
    if (answer.httpStatus >= 200 && answer.httpStatus < 300) return parse(answer.body, request.what);
    throw refusalError(answer, request.what);
  } catch (error) {
    if (limit.aborted && !request.signal?.aborted) {
      const text = `${connection.server.host}: no answer within ${timeoutMs / 1000} s (${request.what})`;
      throw new ScanError("timeout", text, { cause: error });
    }
    if (request.signal?.aborted) throw abortError(request.signal, request.what);
    throw hopFailure(error, connection);
  }
}

interface Answer {
  readonly httpStatus: number;
  readonly body: string;
  readonly retryAfter: string | undefined;
}

function send(server: URL, options: https.RequestOptions, request: ApiRequest, signal: AbortSignal): Promise<Answer> {
  const url = new URL(request.path, server);
  for (const [key, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined) url.searchParams.set(key, value);
  }
  const payload = request.body === undefined ? undefined : JSON.stringify(request.body);
  const headers = {
    ...options.headers,
    Accept: "application/json",
    ...(payload === undefined ? {} : { "Content-Type": request.contentType ?? "application/json" }),
  };
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const outgoing = https.request(url, { ...options, method: request.method ?? "GET", headers, signal });
  outgoing.on("error", reject);
  // A request that waits for a socket of the pool says nothing of its end before it has one.
  const stop = () => reject(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  outgoing.once("close", () => signal.removeEventListener("abort", stop)); // or the scan's signal would keep every answer
  outgoing.on("socket", (socket) => endUnlessConnected(socket, outgoing, server));
  outgoing.on("response", (response) => {
    const chunks: Buffer[] = [];
    let size = 0;
    response.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > largestBodyBytes) {
        outgoing.destroy(new ScanError("too-large", `${request.what}: the answer is over ${largestBodyBytes} bytes`));
      } else chunks.push(chunk);
    });
    response.on("error", reject);
    response.on("end", () =>
      resolve({
        httpStatus: response.statusCode ?? 0,
        body: Buffer.concat(chunks).toString("utf8"),
        retryAfter: response.headers["retry-after"],
      }),
    );
  });
  outgoing.end(payload);
  return promise;
}

/** A socket of the pool, or one that a proxy's agent gives, is connected already. */
function endUnlessConnected(socket: Socket, outgoing: ClientRequest, server: URL): void {
  if (!socket.connecting) return;
  let resolved = isIP(server.hostname.replace(/^\[|\]$/g, "")) !== 0;
  socket.once("lookup", () => {
    resolved = true;
  });
  const late = setTimeout(() => {
    const lack = resolved ? "no TCP connection" : "its name does not resolve";
    const text = `${server.host}: ${lack} within ${connectTimeoutMs / 1000} s`;
    outgoing.destroy(new ScanError(resolved ? "tcp" : "dns", text));
  }, connectTimeoutMs);
  const settle = () => clearTimeout(late);
  socket.once("connect", settle).once("close", settle);
  outgoing.once("close", settle);
}

function parse(body: string, what: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new ScanError("exec-refused", `${what}: the answer is not JSON; is this a Kubernetes API?`, { cause: error });
  }
}
