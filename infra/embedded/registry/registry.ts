import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { RegistryContent, Stored } from "./content.ts";
import { Tokens } from "./tokens.ts";

export interface RegistryOptions {
  /** Name and password; without it everybody may pull. */
  readonly login?: { readonly username: string; readonly password: string };
  /** How many requests a token serves before it has run out. Default: all. */
  readonly requestsPerToken?: number;
  /** Blobs are somewhere else, as a cloud's object store: requests for them are redirected there. */
  readonly redirectsBlobs?: boolean;
  /** A registry need not know ranges. Default: it does. */
  readonly ranges?: boolean;
}

/** What goes wrong next: each fault serves one request for a blob or manifest. */
export type Fault =
  | { readonly kind: "status"; readonly status: number; readonly retryAfter?: string }
  | { readonly kind: "cut"; readonly afterBytes: number };

export interface EmbeddedRegistry {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  /** Method and path of every request, and whether it carried credentials. */
  readonly requests: readonly {
    readonly path: string;
    readonly authorized: boolean;
    readonly range: string | undefined;
  }[];
  fail(fault: Fault): void;
  close(): Promise<void>;
}

/** The pulling half of the distribution API (OCI distribution-spec 1.1), with token authentication, on loopback. */
export async function startRegistry(
  content: RegistryContent,
  options: RegistryOptions = {},
): Promise<EmbeddedRegistry> {
  const requests: EmbeddedRegistry["requests"][number][] = [];
  const faults: Fault[] = [];
  const tokens = new Tokens(options.login, options.requestsPerToken ?? Number.POSITIVE_INFINITY);
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://registry.invalid");
    const { authorization, range } = request.headers;
    requests.push({ path: url.pathname, authorized: authorization !== undefined, range });
    if (url.pathname === "/token") return tokens.serve(url, authorization, response);
    const [, repository = "", kind = "", digest = ""] =
      /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(url.pathname) ?? [];
    const fault = faults.shift();
    if (fault?.kind === "status")
      return refuse(response, fault.status, "TOOMANYREQUESTS", { "retry-after": fault.retryAfter });
    const elsewhere = /^\/storage\/([^/]+)$/.exec(url.pathname)?.[1];
    if (elsewhere !== undefined) return send(request, response, content.find(elsewhere), options, fault);
    if (options.login !== undefined && !tokens.accepts(authorization, repository)) {
      const realm = `Bearer realm="http://${host()}/token",service="embedded",scope="repository:${repository}:pull"`;
      return refuse(response, 401, "UNAUTHORIZED", { "www-authenticate": realm });
    }
    if (kind === "blobs" && options.redirectsBlobs === true) {
      // Another name of the same machine is another origin.
      return response.writeHead(307, { location: `http://localhost:${port()}/storage/${digest}` }).end();
    }
    return send(request, response, content.find(digest), options, fault);
  });
  const port = () => (server.address() as AddressInfo).port; // a TCP server's address
  const host = () => `127.0.0.1:${port()}`;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    host: host(),
    requests,
    fail: (fault) => faults.push(fault),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  stored: Stored | undefined,
  { ranges = true }: RegistryOptions,
  fault: Fault | undefined,
): unknown {
  if (stored === undefined) return refuse(response, 404, "BLOB_UNKNOWN");
  const from = ranges ? Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0) : 0;
  const bytes = stored.bytes.subarray(from);
  response.writeHead(from > 0 ? 206 : 200, {
    "content-type": stored.mediaType,
    "content-length": bytes.length,
    ...(from > 0 && { "content-range": `bytes ${from}-${stored.bytes.length - 1}/${stored.bytes.length}` }),
  });
  if (fault?.kind !== "cut") return response.end(bytes);
  return response.write(bytes.subarray(0, fault.afterBytes), () => response.destroy());
}

/** Errors as the specification has them. */
function refuse(
  response: ServerResponse,
  status: number,
  code: string,
  headers: Record<string, string | undefined> = {},
) {
  const set = Object.entries(headers).filter((header): header is [string, string] => header[1] !== undefined);
  response.writeHead(status, { "content-type": "application/json", ...Object.fromEntries(set) });
  return response.end(JSON.stringify({ errors: [{ code, message: code.toLowerCase() }] }));
}
