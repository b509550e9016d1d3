import { idOf } from "../store/object-store.ts";
import type { KubeObject } from "../store/objects.ts";
import { apiVersionOf, type Resource } from "../store/resources.ts";
import { fieldSelector, labelSelector, type Predicate, SelectorError } from "../store/selectors.ts";
import { type Call, resourceOf, sendJson } from "./api.ts";
import { badRequest, expired } from "./status.ts";
import { tableOf, wantsTable } from "./table.ts";

const TOO_OLD =
  "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.";

interface ContinueToken {
  readonly v: "meta.k8s.io/v1";
  readonly rv: number;
  readonly start: string;
}

/** GET on a collection: label and field selectors, pages that belong to one revision, JSON or Table. */
export function listObjects(call: Call): void {
  const { api, info, response } = call;
  const resource = resourceOf(info);
  const token = continueToken(info.query.get("continue"));
  if (token !== undefined && token.rv < api.store.compactedRevision) throw expired(TOO_OLD);
  const revision = token?.rv ?? api.store.revision;
  const matches = selectorsOf(call, resource);
  const all = api.store.listAt(resource, info.namespace, revision).filter(matches);
  const rest = token === undefined ? all : all.filter((object) => idOf(object) > token.start);
  const limit = Number(info.query.get("limit") ?? 0) || Number.POSITIVE_INFINITY;
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  const more = rest.length > page.length && last !== undefined;
  const selective = info.query.has("labelSelector") || info.query.has("fieldSelector");
  const metadata = {
    resourceVersion: String(revision),
    ...(more ? { continue: encodeToken({ v: "meta.k8s.io/v1", rv: revision, start: idOf(last) }) } : {}),
    ...(more && !selective ? { remainingItemCount: rest.length - page.length } : {}),
  };
  if (wantsTable(call.request)) {
    sendJson(response, 200, tableOf(resource, page, metadata, api.clock.now()));
    return;
  }
  // Items of a list carry neither kind nor apiVersion, as the real API's do.
  const items = page.map(({ kind: _kind, apiVersion: _apiVersion, ...rest }) => rest);
  sendJson(response, 200, { kind: `${resource.kind}List`, apiVersion: apiVersionOf(resource), metadata, items });
}

/** The request's selectors, and its name for a watch of one object. Throws 400 for one that cannot be read. */
export function selectorsOf(call: Call, resource: Resource): Predicate {
  const { query } = call.info;
  try {
    const byLabel = labelSelector(query.get("labelSelector") ?? "");
    const byField = fieldSelector(query.get("fieldSelector") ?? "", resource.kind);
    return (object: KubeObject) => byLabel(object) && byField(object);
  } catch (error) {
    if (error instanceof SelectorError) throw badRequest(error.message);
    throw error;
  }
}

function continueToken(text: string | null): ContinueToken | undefined {
  if (text === null || text === "") return undefined;
  try {
    const token: unknown = JSON.parse(Buffer.from(text, "base64url").toString());
    const { rv, start } = token as Partial<ContinueToken>;
    if (typeof rv === "number" && typeof start === "string") return { v: "meta.k8s.io/v1", rv, start };
  } catch {
    // Falls through to the refusal.
  }
  throw badRequest("continue key is not valid: illegal base64 data or unknown token");
}

function encodeToken(token: ContinueToken): string {
  return Buffer.from(JSON.stringify(token)).toString("base64url");
}
