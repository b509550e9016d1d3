import { request } from "node:http";
import type { TLSSocket } from "node:tls";
import { HopFault } from "./hops.ts";
import { alertFault } from "./tls.ts";

export interface FirstAnswer {
  readonly httpStatus: number;
  /** How far this machine's clock is ahead of the server's, by its Date header; undefined without one. */
  readonly skewMs: number | undefined;
  /** `v1.36.0`; undefined when the server does not tell it to everybody. */
  readonly serverVersion: string | undefined;
}

const largestBodyBytes = 64 * 1024;

/** `GET version` without credentials over this very socket: proves that HTTP passes, and shows the server's clock. */
export function firstAnswer(socket: TLSSocket, server: URL, now: () => number): Promise<FirstAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<FirstAnswer>();
  const asked = now();
  const outgoing = request({
    createConnection: () => socket,
    path: `${server.pathname}version`,
    headers: { Host: server.host, Accept: "application/json", "User-Agent": "muster", Connection: "close" },
  });
  outgoing.once("error", (error: Error & { readonly code?: string }) => {
    if (error.code?.startsWith("ERR_SSL")) return reject(alertFault(error, server.host));
    const message = `${server.host}: TLS stands, but the first request gets no answer (${error.code ?? error.message})`;
    const advice = "Something on the way lets the handshake pass and not the request: look at proxies and firewalls.";
    reject(new HopFault("tls", message, advice, error));
  });
  outgoing.once("response", (response) => {
    const answered = now();
    let body = "";
    response.setEncoding("utf8");
    response.on("data", (text: string) => {
      if (body.length < largestBodyBytes) body += text;
    });
    response.once("error", reject);
    response.once("end", () => {
      const httpStatus = response.statusCode ?? 0;
      const serverVersion = httpStatus === 200 ? versionIn(body) : undefined;
      resolve({ httpStatus, skewMs: skew(response.headers.date, asked, answered), serverVersion });
    });
  });
  outgoing.end();
  return promise;
}

/** A Date header has whole seconds: on the average the server's clock is half a second further. */
function skew(date: string | undefined, asked: number, answered: number): number | undefined {
  const theirs = Date.parse(date ?? "");
  return Number.isNaN(theirs) ? undefined : (asked + answered) / 2 - (theirs + 500);
}

function versionIn(body: string): string | undefined {
  try {
    const { gitVersion } = JSON.parse(body) as { gitVersion?: unknown }; // checked in the next line
    return typeof gitVersion === "string" ? gitVersion : undefined;
  } catch {
    return undefined;
  }
}
