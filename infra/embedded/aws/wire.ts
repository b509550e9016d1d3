import { Readable } from "node:stream";

/** An HTTP request as an SDK client hands it to its request handler. Header names are lower case. */
export interface WireRequest {
  readonly method: string;
  readonly hostname: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | string[] | null>> | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** An HTTP answer, before it takes the form that the SDK wants. */
export interface WireResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

/** Reads a request's body whole: the SDK passes strings, bytes, Node streams, web streams and blobs. */
export async function readBody(body: unknown): Promise<Uint8Array> {
  if (body === undefined || body === null) return new Uint8Array();
  if (typeof body === "string") return Buffer.from(body, "utf8");
  // The SDK's JSON body is a Uint8Array that warns when it is treated as a string: look at its bytes only.
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  if (body instanceof Blob) return new Uint8Array(await body.arrayBuffer());
  if (typeof body === "object" && Symbol.asyncIterator in body) {
    const chunks: Uint8Array[] = [];
    // Node and web streams alike; what they yield is checked below.
    for await (const chunk of body as AsyncIterable<unknown>) {
      if (typeof chunk === "string") chunks.push(Buffer.from(chunk, "utf8"));
      else if (chunk instanceof Uint8Array) chunks.push(chunk);
      else throw new TypeError("a request stream must yield bytes or strings");
    }
    return Buffer.concat(chunks);
  }
  throw new TypeError(`cannot read a request body of type ${typeof body}`);
}

/** One value of a query parameter; `""` for a flag such as `?versions`, `undefined` when it is not there. */
export function queryValue(request: WireRequest, name: string): string | undefined {
  const value = request.query?.[name];
  if (value === undefined) return undefined;
  if (value === null) return "";
  return typeof value === "string" ? value : (value[0] ?? "");
}

/** The answer as the SDK reads it: streams only, since GetObject hands the body on to the caller. */
export function toSdkResponse(response: WireResponse): {
  statusCode: number;
  headers: Record<string, string>;
  body: Readable;
} {
  const body = response.body.byteLength === 0 ? Readable.from([]) : Readable.from([Buffer.from(response.body)]);
  return { statusCode: response.statusCode, headers: response.headers, body };
}
