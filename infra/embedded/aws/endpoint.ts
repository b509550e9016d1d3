import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import type { EmbeddedCloud } from "./cloud.ts";
import { S3Error, s3ErrorResponse } from "./s3/errors.ts";
import { SqsError, sqsErrorResponse } from "./sqs/errors.ts";
import { queryErrorResponse } from "./sqs/query-output.ts";
import type { WireRequest, WireResponse } from "./wire.ts";

export interface EndpointOptions {
  /** Default 0: any free one. */
  readonly port?: number;
  /**
   * Whose requests are answered: those signed with this access key. Default: everybody's. The signature itself is not
   * looked at, so on a loopback the key's id is a password: without it any program and any web page could send requests.
   */
  readonly accessKeyId?: string;
}

/** A port of the loopback that will speak for an embedded cloud. */
export interface CloudEndpoint {
  /** `http://127.0.0.1:<port>`: for AWS_ENDPOINT_URL. */
  readonly url: string;
  /** From now on requests go to this cloud; before, each is answered 503. */
  serve(cloud: Pick<EmbeddedCloud, "requestHandler">): void;
  close(): Promise<void>;
}

/** Takes a port before the cloud is there, since queue URLs name it. Rejects with Node's own error when it is taken. */
export async function openEndpoint({ port = 0, accessKeyId }: EndpointOptions = {}): Promise<CloudEndpoint> {
  let cloud: Pick<EmbeddedCloud, "requestHandler"> | undefined;

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const request = wireRequest(incoming, await buffer(incoming));
    const refused =
      cloud === undefined
        ? refusal(request, 503, "ServiceUnavailable", "The embedded cloud is starting.")
        : accessKeyId !== undefined && keyIdOf(request) !== accessKeyId
          ? refusal(request, 403, keyErrorOf(request), "The access key is not the one that `muster aws status` shows.")
          : undefined;
    if (refused !== undefined || cloud === undefined) {
      outgoing.writeHead(refused?.statusCode ?? 503, refused?.headers).end(refused?.body);
      return;
    }
    // A client that has gone must not be given messages, which would then be hidden from everybody.
    const gone = new AbortController();
    outgoing.once("close", () => gone.abort());
    const { response } = await cloud.requestHandler.handle(request, { abortSignal: gone.signal });
    outgoing.writeHead(response.statusCode, response.headers);
    outgoing.end(await buffer(response.body));
  }

  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing).catch((error: Error) => outgoing.destroy(error));
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : port}`,
    serve(given) {
      cloud = given;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** The request as it was sent: a URL parser would take `..` out of keys. */
function wireRequest(incoming: IncomingMessage, body: Buffer): WireRequest {
  const [path = "/", query] = (incoming.url ?? "/").split(/\?(.*)/s);
  return {
    method: incoming.method ?? "GET",
    hostname: (incoming.headers.host ?? "127.0.0.1").replace(/:\d+$/, ""),
    path,
    query: Object.fromEntries(new URLSearchParams(query)),
    headers: Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])),
    body,
  };
}

/** Who signed (SigV4 in a header or in the query), as the request itself says. */
function keyIdOf({ headers, query }: WireRequest): string | undefined {
  const credential = query?.["X-Amz-Credential"] ?? /Credential=([^,\s]+)/.exec(headers.authorization ?? "")?.[1];
  return typeof credential === "string" ? credential.split("/")[0] : undefined;
}

const isForm = ({ headers }: WireRequest) => (headers["content-type"] ?? "").startsWith("application/x-www-form");
const isS3 = (request: WireRequest) => request.headers["x-amz-target"] === undefined && !isForm(request);
const keyErrorOf = (request: WireRequest) => (isS3(request) ? "InvalidAccessKeyId" : "InvalidClientTokenId");

function refusal(request: WireRequest, statusCode: number, code: string, message: string): WireResponse {
  const requestId = "not-served";
  if (isS3(request)) return s3ErrorResponse(new S3Error(statusCode, code, message), request.method, requestId);
  const error = new SqsError(code, message, statusCode);
  return isForm(request) ? queryErrorResponse(error, requestId) : sqsErrorResponse(error, requestId);
}
