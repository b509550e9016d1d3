import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../clock.ts";
import type { Faults } from "../faults.ts";
import type { Kubelet } from "../node/kubelet.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { KubeObject } from "../store/objects.ts";
import type { Resource } from "../store/resources.ts";
import type { VersionBehaviour } from "../versions.ts";
import type { Identity } from "./identity.ts";
import type { RequestInfo } from "./request-info.ts";
import { noSuchPath, notFound } from "./status.ts";
import type { TokenAuthority } from "./tokens.ts";

/** What the API server is made of. */
export interface Api {
  readonly store: ObjectStore;
  readonly kubelet: Kubelet;
  readonly tokens: TokenAuthority;
  readonly clock: Clock;
  readonly faults: Faults;
  /** What this moment's Kubernetes version does. */
  readonly behaviour: () => VersionBehaviour;
  readonly log: (line: string) => void;
}

/** One authenticated and authorised request. */
export interface Call {
  readonly api: Api;
  readonly info: RequestInfo;
  readonly user: Identity;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

export function resourceOf(info: RequestInfo): Resource {
  if (info.resource === undefined) throw noSuchPath();
  return info.resource;
}

/** The object that a request names. Throws 404. */
export function namedObject(api: Api, info: RequestInfo): KubeObject {
  const resource = resourceOf(info);
  const object = api.store.get(resource, info.namespace, info.name);
  if (object === undefined) throw notFound(resource, info.name);
  return object;
}

export function sendJson(
  response: ServerResponse,
  code: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  const bytes = Buffer.from(`${JSON.stringify(body)}\n`);
  response.writeHead(code, { "Content-Type": "application/json", "Content-Length": bytes.length, ...headers });
  response.end(bytes);
}
