import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { type Fault, limitWrites } from "../faults.ts";
import type { Containerd } from "../node/containerd.ts";
import { type Api, sendJson } from "./api.ts";
import { authenticate } from "./authenticate.ts";
import type { ClusterCertificates } from "./certificates.ts";
import { denial } from "./denial.ts";
import { execUpgrade } from "./exec/exec.ts";
import type { Identity } from "./identity.ts";
import { isAllowed } from "./rbac.ts";
import { type RequestInfo, requestInfo } from "./request-info.ts";
import { route } from "./route.ts";
import { ApiError, badRequest, forbiddenPath, statusBody } from "./status.ts";

/** The API server, listening on 127.0.0.1. */
export interface ApiServer {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** Node's own 5 s would cut kept connections under clients that a real API server lets idle for minutes. */
const IDLE_MS = 180_000;

/** Serves the API over TLS (client certificates asked for, never required) on a free port of 127.0.0.1. */
export async function startApiServer(
  api: Api,
  containerd: Containerd,
  certificates: ClusterCertificates,
): Promise<ApiServer> {
  const { ca, server: own } = certificates;
  const server = createServer({
    ...{ cert: own.certificate, key: own.key, ca, requestCert: true, rejectUnauthorized: false },
    ...{ ALPNProtocols: ["http/1.1"], noDelay: true },
  });
  server.on("request", (request, response) => void answer(api, request, response));
  server.on("upgrade", (request, socket, head) => void upgrade(api, containerd, request, socket, head));
  const sockets = new Set<Duplex>();
  server.on("connection", (socket: Duplex) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("tlsClientError", () => {});
  server.keepAliveTimeout = IDLE_MS;
  server.requestTimeout = 0; // watches and exec sessions live long
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return { port: (server.address() as AddressInfo).port, close: () => closeServer(server, sockets) };
}

async function answer(api: Api, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const fault = api.faults.take(request);
  response.setHeader("Date", new Date(api.clock.now()).toUTCString());
  try {
    await misbehave(fault, request.socket);
    const { info, user } = admitted(api, request);
    await route({ api, info, user, request, response });
  } catch (error) {
    const refusal = refusalOf(api, error);
    if (response.headersSent) return void response.destroy();
    if (typeof refusal.body === "object") return sendJson(response, refusal.code, refusal.body, refusal.headers);
    response.writeHead(refusal.code, { "Content-Type": "text/plain; charset=utf-8", ...refusal.headers });
    response.end(refusal.body);
  }
}

async function upgrade(
  api: Api,
  containerd: Containerd,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  socket.on("error", () => socket.destroy());
  const fault = api.faults.take(request);
  try {
    await misbehave(fault, socket);
    const { info, user } = admitted(api, request);
    if (info.plural !== "pods" || info.subresource !== "exec") throw badRequest("unable to upgrade: no such stream");
    await execUpgrade({ api, containerd, info, user, request, socket, head, fault: fault?.exec });
  } catch (error) {
    refuseUpgrade(socket, refusalOf(api, error));
  }
}

async function misbehave(fault: Fault | undefined, socket: Duplex): Promise<void> {
  if (fault === undefined) return;
  if (fault.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
  limitWrites(socket, fault);
  if (fault.respond === undefined) return;
  const { code, body, retryAfterSeconds, headers } = fault.respond;
  throw new ApiError(
    code,
    typeof body === "string"
      ? body
      : { ...statusBody(code, STATUS_CODES[code]?.replaceAll(" ", "") ?? "", "scripted fault"), ...body },
    { ...(retryAfterSeconds === undefined ? {} : { "Retry-After": String(retryAfterSeconds) }), ...headers },
  );
}

/** Authenticates and authorises. Throws 401 and 403 in Kubernetes' words. */
function admitted(api: Api, request: IncomingMessage): { readonly info: RequestInfo; readonly user: Identity } {
  const user = authenticate(request, api.tokens, api.store, api.clock.now());
  const info = requestInfo(request.method ?? "GET", request.url ?? "/");
  if (info.plural === "") {
    const what = { verb: info.verb, path: info.path, namespace: "", group: "", resource: "", name: "" };
    if (!isAllowed(api.store, user, what)) throw forbiddenPath(user.username, info.verb, info.path);
    return { info, user };
  }
  const resource = info.subresource === "" ? info.plural : `${info.plural}/${info.subresource}`;
  const what = { verb: info.verb, namespace: info.namespace, group: info.group, resource, name: info.name };
  if (!isAllowed(api.store, user, what)) throw denial(info, user);
  return { info, user };
}

function refusalOf(api: Api, error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  api.log(`request failed: ${error instanceof Error ? error.stack : error}`);
  return new ApiError(500, statusBody(500, "InternalError", `Internal error occurred: ${error}`));
}

/** An HTTP answer on a socket that Node has already handed over. */
function refuseUpgrade(socket: Duplex, refusal: ApiError): void {
  const json = typeof refusal.body === "object";
  const body = Buffer.from(json ? `${JSON.stringify(refusal.body)}\n` : String(refusal.body));
  const headers = {
    "Content-Type": json ? "application/json" : "text/plain; charset=utf-8",
    "Content-Length": String(body.length),
    Connection: "close",
    ...refusal.headers,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end(
    Buffer.concat([
      Buffer.from(`HTTP/1.1 ${refusal.code} ${STATUS_CODES[refusal.code] ?? ""}\r\n${lines.join("\r\n")}\r\n\r\n`),
      body,
    ]),
  );
}

/** Upgraded connections are no longer Node's to close, so all of them are ended here. */
function closeServer(server: Server, sockets: ReadonlySet<Duplex>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of sockets) socket.destroy();
  });
}
