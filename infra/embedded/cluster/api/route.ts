import { type Call, namedObject, sendJson } from "./api.ts";
import { discovery } from "./discovery.ts";
import { ephemeralContainers } from "./ephemeral.ts";
import { listObjects } from "./list.ts";
import { podLog } from "./log.ts";
import { reviewAccess, reviewRules, reviewSelf } from "./reviews.ts";
import { badRequest, methodNotAllowed, noSuchPath } from "./status.ts";
import { tableOf, wantsTable } from "./table.ts";
import { requestToken } from "./token-request.ts";
import { watchObjects } from "./watch.ts";
import { createObject, deleteObject, updateObject } from "./write.ts";

const SELF_REVIEW = "authentication.k8s.io/v1/selfsubjectreviews";

type Handler = (call: Call) => void | Promise<void>;

const VERBS: Readonly<Record<string, Handler>> = {
  list: listObjects,
  watch: watchObjects,
  get: getObject,
  create: createObject,
  update: updateObject,
  patch: updateObject,
  delete: deleteObject,
};

const REVIEWS: Readonly<Record<string, Handler>> = {
  "authorization.k8s.io/v1/selfsubjectaccessreviews": reviewAccess,
  "authorization.k8s.io/v1/selfsubjectrulesreviews": reviewRules,
  [SELF_REVIEW]: reviewSelf,
};

const SUBRESOURCES: Readonly<Record<string, Handler>> = {
  "pods/ephemeralcontainers": ephemeralContainers,
  "pods/log": podLog,
  "pods/status": getObject,
  "serviceaccounts/token": requestToken,
  "pods/exec": () => {
    throw badRequest("Upgrade request required");
  },
};

/** Answers one request that is not an upgrade. Throws ApiError for what is refused. */
export async function route(call: Call): Promise<void> {
  const { api, info, response } = call;
  const review = reviewOf(call);
  if (info.plural === "" || (info.resource === undefined && review === undefined)) {
    const answer = discovery(info.path, api.behaviour());
    if (answer === undefined) throw noSuchPath();
    if (typeof answer === "object") return sendJson(response, 200, answer);
    response.writeHead(200, { "Content-Type": "text/plain" });
    response.end(answer);
    return;
  }
  if (review !== undefined) {
    if (info.verb !== "create") throw methodNotAllowed();
    return review(call);
  }
  const handler = info.subresource === "" ? VERBS[info.verb] : SUBRESOURCES[`${info.plural}/${info.subresource}`];
  if (handler === undefined) throw info.subresource === "" ? methodNotAllowed() : noSuchPath();
  return handler(call);
}

function reviewOf({ api, info }: Call): Handler | undefined {
  const key = `${info.group}/${info.version}/${info.plural}`;
  return key === SELF_REVIEW && !api.behaviour().reviewsSelf ? undefined : REVIEWS[key];
}

function getObject(call: Call): void {
  const { api, info, response } = call;
  const object = namedObject(api, info);
  const rows = info.resource !== undefined && wantsTable(call.request);
  sendJson(response, 200, rows ? tableOf(info.resource, [object], {}, api.clock.now()) : object);
}
