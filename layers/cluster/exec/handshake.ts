import { WebSocket } from "ws";
import { abortError, ScanError } from "#contract/errors.ts";
import type { Connection } from "../connection.ts";
import { hopFailure, type Route } from "../hop.ts";
import { isProxy } from "../proxy.ts";
import { withNewestCredentials } from "../renew.ts";
import { parseStatus, refusalError } from "../status.ts";

export interface ExecTarget {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

export interface ExecOptions {
  /** Default true. Without it the process reads end-of-file at once, and v4 needs no half-close. */
  readonly stdin?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** v5 first; v4 is the oldest that carries an exit code. */
const protocols = ["v5.channel.k8s.io", "v4.channel.k8s.io"] as const;

const largestRefusalBytes = 64 * 1024;
/** Servers send at most 32 KiB and a channel byte; the rest is room for what a proxy may join. */
const largestMessageBytes = 1024 * 1024;
const handshakeTimeoutMs = 30_000;

/**
 * Opens `pods/exec` over WebSocket, without a TTY. Gives the open socket, paused, so that nothing is lost
 * before somebody listens. A refusal before the upgrade is a ScanError with the server's own words.
 */
export function openExec(
  connection: Connection,
  target: ExecTarget,
  argv: readonly string[],
  options: ExecOptions = {},
): Promise<WebSocket> {
  return withNewestCredentials(connection, () => openOnce(connection, target, argv, options));
}

async function openOnce(
  connection: Connection,
  target: ExecTarget,
  argv: readonly string[],
  { stdin = true, signal }: ExecOptions,
): Promise<WebSocket> {
  const what = `exec in ${target.namespace}/${target.pod}/${target.container}`;
  const { ca, cert, key, servername, rejectUnauthorized, passphrase, pfx, auth, agent, headers } =
    await connection.authorize();
  if (signal?.aborted) throw abortError(signal, what);
  const url = execUrl(connection.server, target, argv, stdin);
  const tls = Object.fromEntries(
    Object.entries({ ca, cert, key, servername, rejectUnauthorized, passphrase, pfx, auth }).filter(
      ([, value]) => value !== undefined && value !== null,
    ),
  );
  const socket = new WebSocket(url, [...protocols], {
    ...tls,
    // The pooled agent would keep the upgraded socket; only a proxy's agent is needed here.
    ...(isProxy(agent) ? { agent } : {}),
    headers: Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)])),
    perMessageDeflate: false,
    followRedirects: false,
    maxPayload: largestMessageBytes,
    handshakeTimeout: handshakeTimeoutMs,
  });
  const { promise, resolve, reject } = Promise.withResolvers<WebSocket>();
  const stop = () => reject(abortError(signal as AbortSignal, what)); // only ever called by this signal
  signal?.addEventListener("abort", stop, { once: true });
  socket.once("open", () => {
    socket.pause();
    resolve(socket);
  });
  socket.on("unexpected-response", (_request, response) => {
    readCapped(response).then(
      (body) => reject(refused(response, body, what, target.namespace)),
      (error) => reject(hopFailure(error, connection)),
    );
  });
  socket.on("error", (error) => reject(handshakeFailure(error, connection, what)));
  try {
    return await promise;
  } catch (error) {
    socket.terminate();
    throw error;
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

function execUrl(server: URL, target: ExecTarget, argv: readonly string[], stdin: boolean): URL {
  const url = new URL(`api/v1/namespaces/${target.namespace}/pods/${target.pod}/exec`, server);
  url.protocol = "wss:";
  url.searchParams.set("container", target.container);
  for (const word of argv) url.searchParams.append("command", word);
  for (const stream of ["stdout", "stderr"]) url.searchParams.set(stream, "true");
  url.searchParams.set("stdin", String(stdin));
  url.searchParams.set("tty", "false");
  return url;
}

interface Refusing {
  readonly statusCode?: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

function refused(response: Refusing, body: string, what: string, namespace: string): ScanError {
  const retryAfter = response.headers["retry-after"];
  const httpStatus = response.statusCode ?? 0;
  if (httpStatus === 403 && body === "") {
    // The runtime's streaming server says this when it speaks none of our sub-protocols; RBAC always explains itself.
    return new ScanError(
      "exec-refused",
      `${what}: HTTP 403 without a word: it speaks neither v5 nor v4 of the protocol`,
    );
  }
  const refusal = refusalError({ httpStatus, body, retryAfter: String(retryAfter ?? "") || undefined }, what);
  if (httpStatus !== 403 || !/ is forbidden: $/.test(parseStatus(body)?.message ?? "")) return refusal;
  // The synthetic check of Kubernetes 1.35 and later names neither verb nor resource.
  const missing = `the role lacks the verb "create" on resource "pods/exec" in the namespace "${namespace}"`;
  return new ScanError("forbidden", `${refusal.message}no reason given: ${missing}`, { cause: refusal.cause });
}

function handshakeFailure(error: Error, route: Route, what: string): ScanError {
  if (/handshake has timed out/.test(error.message)) {
    return new ScanError(
      "timeout",
      `${what}: ${route.server.host} did not answer within ${handshakeTimeoutMs / 1000} s`,
    );
  }
  if (/subprotocol/i.test(error.message)) return new ScanError("exec-refused", `${what}: ${error.message}`);
  return hopFailure(error, route);
}

async function readCapped(response: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > largestRefusalBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, largestRefusalBytes).toString("utf8");
}
