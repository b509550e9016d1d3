import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** What a runtime said of a failure, in its own words. */
class RuntimeFailure extends Error {
  readonly errorType: string;

  constructor(errorType: string, message: string) {
    super(message);
    this.name = "RuntimeFailure";
    this.errorType = errorType;
  }
}

/** One event for a runtime. */
export interface Invocation {
  readonly requestId: string;
  readonly functionArn: string;
  /** By the machine's clock, in ms since 1970. */
  readonly deadlineMs: number;
}

/** The side of Lambda that a runtime client speaks with. */
export interface RuntimeApi {
  /** `127.0.0.1:<port>`: for AWS_LAMBDA_RUNTIME_API. */
  readonly address: string;
  /** Resolves when a runtime first asks for an event: it has loaded its handler. Rejects with a RuntimeFailure when it cannot. */
  readonly initialised: Promise<void>;
  /** Hands an event to the next runtime that asks. Gives its answer, or rejects with a RuntimeFailure. */
  invoke(event: unknown, invocation: Invocation): Promise<unknown>;
  /** Requests other than those that a runtime client makes, as `METHOD path`. */
  readonly strays: readonly string[];
  close(): Promise<void>;
}

interface Pending extends Invocation {
  readonly event: string;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (failure: RuntimeFailure) => void;
}

const largestAnswerBytes = 6 * 1024 * 1024;

/** Serves the Lambda Runtime API, version 2018-06-01, on a port of the loopback. */
export async function startRuntimeApi(): Promise<RuntimeApi> {
  const waiting: Pending[] = [];
  const running = new Map<string, Pending>();
  const asking: ServerResponse[] = [];
  const strays: string[] = [];
  const initialised = Promise.withResolvers<void>();
  initialised.promise.catch(() => undefined); // told to whoever awaits it

  function match(): void {
    while (waiting.length > 0 && asking.length > 0) {
      const [pending, response] = [waiting.shift(), asking.shift()];
      if (pending === undefined || response === undefined) return;
      running.set(pending.requestId, pending);
      response.writeHead(200, {
        "content-type": "application/json",
        "lambda-runtime-aws-request-id": pending.requestId,
        "lambda-runtime-deadline-ms": String(pending.deadlineMs),
        "lambda-runtime-invoked-function-arn": pending.functionArn,
        "lambda-runtime-trace-id": "Root=1-00000000-000000000000000000000000;Sampled=0",
      });
      response.end(pending.event);
    }
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? "/", "http://runtime").pathname;
    const [, name, id = "", kind] =
      /^\/2018-06-01\/runtime\/(invocation\/next|invocation\/([^/]+)\/(response|error)|init\/error)$/.exec(path) ?? [];
    if (name === "invocation/next" && request.method === "GET") {
      initialised.resolve();
      asking.push(response);
      request.on("close", () => response.writableEnded || asking.splice(asking.indexOf(response) >>> 0, 1));
      return match();
    }
    const body = await buffer(request);
    if (name === undefined || request.method !== "POST") {
      strays.push(`${request.method} ${path}`);
      return refuse(response, 404, "NotFound");
    }
    if (name === "init/error") {
      initialised.reject(failureOf(body));
      return accept(response);
    }
    const pending = running.get(decodeURIComponent(id));
    if (pending === undefined) return refuse(response, 400, "InvalidRequestID");
    if (body.length > largestAnswerBytes) return refuse(response, 413, "RequestEntityTooLarge");
    running.delete(pending.requestId);
    if (kind === "error") pending.reject(failureOf(body));
    else pending.resolve(body.length === 0 ? undefined : JSON.parse(body.toString("utf8")));
    accept(response);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => response.destroy(error));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // a TCP server's
  return {
    address: `127.0.0.1:${port}`,
    initialised: initialised.promise,
    strays,
    invoke(event, invocation) {
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      waiting.push({ ...invocation, event: JSON.stringify(event), resolve, reject });
      match();
      return promise;
    },
    async close() {
      const gone = new RuntimeFailure("Runtime.Unknown", "there is no runtime any more");
      for (const { reject } of [...waiting.splice(0), ...running.values()]) reject(gone);
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

const accept = (response: ServerResponse) => void response.writeHead(202).end('{"status":"OK"}');

function refuse(response: ServerResponse, statusCode: number, errorType: string): void {
  response.writeHead(statusCode, { "content-type": "application/json" });
  response.end(JSON.stringify({ errorMessage: errorType, errorType }));
}

function failureOf(body: Buffer): RuntimeFailure {
  const said = JSON.parse(body.toString("utf8")) as { errorType?: string; errorMessage?: string }; // the API's error object
  return new RuntimeFailure(said.errorType ?? "Unknown", said.errorMessage ?? "");
}
