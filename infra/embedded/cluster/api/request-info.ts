import { findResource, type Resource } from "../store/resources.ts";

/** What a request asks for, as the API server's RequestInfo resolves it from method and path. */
export interface RequestInfo {
  readonly verb: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Undefined for paths outside resources, such as /version. */
  readonly resource?: Resource;
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly subresource: string;
  readonly namespace: string;
  /** From the path; for list and watch, the name that a field selector pins, so that resourceNames hold for it. */
  readonly name: string;
}

const VERBS: Readonly<Record<string, string>> = {
  GET: "get",
  HEAD: "get",
  POST: "create",
  PUT: "update",
  PATCH: "patch",
  DELETE: "delete",
};

export function requestInfo(method: string, url: string): RequestInfo {
  const { pathname, searchParams: query } = new URL(url, "https://api");
  const path = decodeURIComponent(pathname);
  const outside: RequestInfo = {
    ...{ verb: method.toLowerCase(), path, query },
    ...{ group: "", version: "", plural: "", subresource: "", namespace: "", name: "" },
  };
  const match = /^\/(?:api|apis\/([^/]+))\/(v[0-9a-z]+)\/(.+?)\/?$/.exec(path);
  if (match === null) return outside;
  const group = match[1] ?? "";
  const version = match[2] ?? "";
  const parts = (match[3] ?? "").split("/");
  let namespace = "";
  if (parts[0] === "namespaces" && parts.length > 2 && !["status", "finalize"].includes(parts[2] ?? "")) {
    namespace = parts[1] ?? "";
    parts.splice(0, 2);
  }
  const [plural = "", name = "", subresource = ""] = parts;
  const resource = version === "v1" ? findResource(group, plural) : undefined;
  const get = VERBS[method] ?? method.toLowerCase();
  const many = name === "" ? { get: isTrue(query.get("watch")) ? "watch" : "list", delete: "deletecollection" } : {};
  const verb = Reflect.get(many, get) ?? get;
  return {
    ...{ verb, path, query, group, version, plural, subresource, namespace },
    name: name === "" ? pinnedName(verb, query) : name,
    // A namespace's own permissions are asked in that namespace (RequestInfoFactory).
    ...(plural === "namespaces" && name !== "" ? { namespace: name } : {}),
    ...(resource === undefined ? {} : { resource }),
  };
}

/** RequestInfoFactory: a list or watch whose field selector demands one `metadata.name` is asked for that name. */
function pinnedName(verb: string, query: URLSearchParams): string {
  if (!["list", "watch", "deletecollection"].includes(verb)) return "";
  const terms = (query.get("fieldSelector") ?? "").split(",").map((term) => term.trim());
  return terms.map((term) => /^metadata\.name==?([^=/%]+)$/.exec(term)?.[1]).find((name) => name !== undefined) ?? "";
}

export function isTrue(value: string | null): boolean {
  return value === "true" || value === "1" || value === "";
}
