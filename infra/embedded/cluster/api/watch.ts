import type { Change, ChangeType } from "../store/object-store.ts";
import type { KubeObject } from "../store/objects.ts";
import { apiVersionOf, type Resource } from "../store/resources.ts";
import type { Predicate } from "../store/selectors.ts";
import { type Call, resourceOf } from "./api.ts";
import { selectorsOf } from "./list.ts";
import { isTrue } from "./request-info.ts";
import { badRequest, statusBody } from "./status.ts";
import { tableOf, wantsTable } from "./table.ts";

const BOOKMARK_EVERY_MS = 10_000;

/** GET with watch=true: one JSON event a line until the client or timeoutSeconds ends it. */
export function watchObjects(call: Call): void {
  const { api, info, response } = call;
  const resource = resourceOf(info);
  const named: Predicate = info.name === "" ? () => true : (object) => object.metadata.name === info.name;
  const selected = selectorsOf(call, resource);
  const matches: Predicate = (object) =>
    (info.namespace === "" || !resource.namespaced || object.metadata.namespace === info.namespace) &&
    named(object) &&
    selected(object);
  const asked = info.query.get("resourceVersion") ?? "";
  if (!/^\d*$/.test(asked))
    throw badRequest(`Invalid value: "${asked}": strconv.ParseUint: parsing "${asked}": invalid syntax`);
  const sendInitial = asked === "" || asked === "0" || isTrueOr(info.query.get("sendInitialEvents"), false);
  const from = sendInitial ? api.store.revision : Number(asked);

  response.writeHead(200, { "Content-Type": "application/json", "Transfer-Encoding": "chunked" });
  response.flushHeaders();
  const table = wantsTable(call.request);
  const send = (type: ChangeType | "BOOKMARK" | "ERROR", object: object): void => {
    response.write(`${JSON.stringify({ type, object })}\n`);
  };
  const shape = (object: KubeObject): object =>
    table ? tableOf(resource, [object], { resourceVersion: object.metadata.resourceVersion }, api.clock.now()) : object;
  if (from < api.store.compactedRevision) {
    send("ERROR", statusBody(410, "Expired", `too old resource version: ${from} (${api.store.compactedRevision})`));
    response.end();
    return;
  }
  const bookmarks = isTrueOr(info.query.get("allowWatchBookmarks"), false);
  if (sendInitial) {
    for (const object of api.store.list(resource, info.namespace)) if (matches(object)) send("ADDED", shape(object));
    if (bookmarks && info.query.has("sendInitialEvents")) {
      send("BOOKMARK", bookmark(resource, api.store.revision, { "k8s.io/initial-events-end": "true" }));
    }
  }
  const stop = api.store.follow(from, (change) => {
    const type = change.resource === resource ? visibleChange(change, matches) : undefined;
    if (type !== undefined) send(type, shape(change.object));
  });
  const timers = [
    setInterval(() => bookmarks && send("BOOKMARK", bookmark(resource, api.store.revision)), BOOKMARK_EVERY_MS),
    setTimeout(() => response.end(), Math.min(Number(info.query.get("timeoutSeconds") ?? 0) || 3_600, 3_600) * 1000),
  ];
  response.once("close", () => {
    stop();
    for (const timer of timers) clearTimeout(timer);
  });
}

/** A change as a filtered watch sees it: an object that begins to match is ADDED, one that ceases to is DELETED. */
function visibleChange(change: Change, matches: Predicate): ChangeType | undefined {
  const now = change.type !== "DELETED" && matches(change.object);
  const before = change.previous !== undefined && matches(change.previous);
  if (now) return before ? "MODIFIED" : "ADDED";
  return before ? "DELETED" : undefined;
}

function bookmark(resource: Resource, revision: number, annotations?: Readonly<Record<string, string>>): object {
  const metadata = { resourceVersion: String(revision), ...(annotations === undefined ? {} : { annotations }) };
  return { kind: resource.kind, apiVersion: apiVersionOf(resource), metadata };
}

function isTrueOr(value: string | null, otherwise: boolean): boolean {
  return value === null ? otherwise : isTrue(value);
}
