import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { ExecFault } from "../../faults.ts";
import type { Containerd } from "../../node/containerd.ts";
import { CriError } from "../../node/cri.ts";
import { PODS } from "../../node/running-pod.ts";
import type { Pod } from "../../store/objects.ts";
import type { Api } from "../api.ts";
import { namedObject } from "../api.ts";
import type { Identity } from "../identity.ts";
import { isAllowed } from "../rbac.ts";
import type { RequestInfo } from "../request-info.ts";
import { ApiError, badRequest, forbidden } from "../status.ts";
import { type ExecRequest, execRequest } from "./exec-request.ts";
import { refusedProcess } from "./refused-process.ts";
import { runcExec } from "./runc-exec.ts";
import { greet, sendStatus, serveSession } from "./session.ts";
import { internalError } from "./session-status.ts";
import { spliceToRuntime } from "./splice.ts";
import { serveTerminal } from "./terminal-session.ts";

const V5 = "v5.channel.k8s.io";
/** golang.org/x/net/websocket's default limit for one message. */
const MAX_MESSAGE_BYTES = 32 * 1024 * 1024;

/** An upgrade request with everything that serves it. */
export interface Upgrade {
  readonly api: Api;
  readonly containerd: Containerd;
  readonly info: RequestInfo;
  readonly user: Identity;
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly fault: ExecFault | undefined;
}

/**
 * pods/exec. What the API server itself refuses (RBAC, pod, container name) is an HTTP error on every version; what is
 * refused behind it comes before the upgrade where the request is passed through, and as a status frame where v5 is translated.
 */
export async function execUpgrade(upgrade: Upgrade): Promise<void> {
  const { api, info, request } = upgrade;
  const webSocket = request.headers.upgrade?.toLowerCase() === "websocket";
  if (!webSocket && request.method !== "POST") throw badRequest("Upgrade request required");
  const pod = namedObject(api, info) as Pod; // the route serves pods only
  if (webSocket && api.behaviour().upgradeNeedsCreate) requireCreate(upgrade);
  const exec = execRequest(pod, info);
  const translated = webSocket && api.behaviour().translatesV5 && offered(request).includes(V5);
  if (translated || (webSocket && upgrade.fault !== undefined)) return serveOurselves(upgrade, pod, exec);
  const containerId = runningContainer(api, pod, exec.container);
  if (containerId === undefined) throw new ApiError(404, `container not found ("${exec.container}")\n`);
  spliceToRuntime(request, upgrade.socket, upgrade.head, await streamingUrl(upgrade, containerId, exec));
}

function serveOurselves(upgrade: Upgrade, pod: Pod, exec: ExecRequest): void {
  const { api, containerd, request, socket, head, fault } = upgrade;
  const protocol =
    fault?.subprotocol ?? (offered(request).includes(V5) && api.behaviour().translatesV5 ? V5 : offered(request)[0]);
  const server = new WebSocketServer({
    ...{ noServer: true, perMessageDeflate: false, maxPayload: MAX_MESSAGE_BYTES, clientTracking: false },
    handleProtocols: () => protocol ?? false,
  });
  server.handleUpgrade(request, socket, head, (client) => {
    client.on("error", () => client.terminate());
    const containerId = runningContainer(api, pod, exec.container);
    if (containerId === undefined) {
      greet(client, exec);
      sendStatus(client, internalError(`unable to upgrade connection: container not found ("${exec.container}")`, 1));
      return client.close(1000);
    }
    if (exec.tty) {
      streamingUrl(upgrade, containerId, exec).then(
        (url) => serveTerminal(client, url),
        (error: unknown) => {
          sendStatus(client, internalError(String(error)));
          client.close(1000);
        },
      );
      return undefined;
    }
    const joined =
      fault?.refusal === undefined
        ? runcExec(containerd.paths, containerId, exec.command)
        : refusedProcess(fault.refusal);
    return void serveSession(client, exec, joined, fault).catch((error: unknown) => {
      api.log(`exec session: ${error}`);
      client.terminate();
    });
  });
}

async function streamingUrl({ containerd }: Upgrade, containerId: string, exec: ExecRequest): Promise<string> {
  const { command, stdin, stdout, stderr, tty } = exec;
  try {
    // With a terminal there is no separate stderr (CRI refuses both).
    return await containerd.cri.exec({
      container_id: containerId,
      cmd: command,
      tty,
      stdin,
      stdout,
      stderr: stderr && !tty,
    });
  } catch (error) {
    if (error instanceof CriError) throw new ApiError(500, `${error.details}\n`);
    throw error;
  }
}

function runningContainer(api: Api, pod: Pod, name: string): string | undefined {
  const running = api.kubelet.find(pod);
  return running?.isRunning(name) ? running.containerId(name) : undefined;
}

/** The synthetic check of ≥ 1.35 gives no reason: the message ends after the colon [measured on 1.36]. */
function requireCreate({ api, info, user }: Upgrade): void {
  const what = { verb: "create", namespace: info.namespace, group: "", resource: "pods/exec", name: info.name };
  if (!isAllowed(api.store, user, what)) throw forbidden(PODS, info.name, "");
}

function offered(request: IncomingMessage): string[] {
  return (request.headers["sec-websocket-protocol"] ?? "").split(",").map((protocol) => protocol.trim());
}
