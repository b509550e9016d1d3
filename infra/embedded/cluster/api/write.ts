import { completedNamespace } from "../bootstrap.ts";
import { createPod, defaultedPod, generatedSuffix } from "../node/pod-creation.ts";
import { PODS } from "../node/running-pod.ts";
import type { KubeObject, ObjectMeta, Pod } from "../store/objects.ts";
import { apiVersionOf, findResource } from "../store/resources.ts";
import { type Call, namedObject, resourceOf, sendJson } from "./api.ts";
import { readBody } from "./body.ts";
import { admit } from "./ephemeral.ts";
import { refuseEscalation } from "./escalation.ts";
import { alreadyExists, badRequest, conflict, notFound } from "./status.ts";

const NAMESPACES = findResource("", "namespaces");

/** POST on a collection. Pods are admitted, stored and started. */
export async function createObject(call: Call): Promise<void> {
  const { api, info } = call;
  const resource = resourceOf(info);
  const given = objectOf(await readBody(call.request), call);
  const name = given.metadata.name || `${given.metadata.generateName ?? ""}${generatedSuffix(5)}`;
  const object: KubeObject = { ...given, metadata: { ...given.metadata, name } };
  requireNamespace(call);
  const dryRun = info.query.getAll("dryRun").includes("All");
  if (resource === PODS) {
    const pod = podFrom(object);
    admit(api, pod);
    const created = dryRun ? { pod } : createPod(api.store, api.kubelet, pod);
    if (created === undefined) throw alreadyExists(resource, name);
    return sendJson(call.response, 201, created.pod);
  }
  refuseEscalation(call, object);
  const wanted = resource === NAMESPACES ? completedNamespace(object) : object;
  const stored = dryRun ? wanted : api.store.create(resource, wanted);
  if (stored === undefined) throw alreadyExists(resource, name);
  sendJson(call.response, 201, stored);
}

/** PUT (whole object) and PATCH (JSON merge, RFC 7396) of a stored object; pods may change metadata only. */
export async function updateObject(call: Call): Promise<void> {
  const { api, info } = call;
  const resource = resourceOf(info);
  const before = namedObject(api, info);
  const body = await readBody(call.request);
  const merged = call.request.method === "PATCH" ? mergePatch(before, body) : body;
  const after = objectOf(merged as Readonly<Record<string, unknown>>, call);
  const { resourceVersion } = after.metadata;
  if (resourceVersion !== undefined && resourceVersion !== before.metadata.resourceVersion) {
    throw conflict(resource, info.name);
  }
  const metadata = { ...after.metadata, uid: before.metadata.uid ?? "", name: before.metadata.name };
  const wanted = resource === PODS ? { ...before, metadata } : { ...after, metadata };
  refuseEscalation(call, wanted, before);
  const stored = api.store.update(resource, before, () => wanted);
  if (stored === undefined) throw notFound(resource, info.name);
  sendJson(call.response, 200, stored);
}

/** DELETE of one object. Pods end with their grace period, behind the answer, and every watch sees it. */
export async function deleteObject(call: Call): Promise<void> {
  const { api, info } = call;
  const resource = resourceOf(info);
  const object = namedObject(api, info);
  const options = await readBody(call.request);
  if (resource !== PODS) {
    api.store.delete(resource, object);
    const details = { name: info.name, kind: resource.plural, uid: object.metadata.uid };
    return sendJson(call.response, 200, { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details });
  }
  const pod = object as Pod; // stored under PODS
  const asked = Number(info.query.get("gracePeriodSeconds") ?? options.gracePeriodSeconds ?? Number.NaN);
  const grace = Number.isNaN(asked) ? (pod.spec.terminationGracePeriodSeconds ?? 30) : asked;
  const ended = api.kubelet.delete(pod, grace);
  ended.catch((error: unknown) => api.log(`pod ${info.name} does not end: ${error}`));
  sendJson(call.response, 200, api.store.get(resource, info.namespace, info.name) ?? pod);
}

function requireNamespace({ api, info }: Call): void {
  if (NAMESPACES === undefined || info.resource?.namespaced !== true) return;
  if (api.store.get(NAMESPACES, "", info.namespace) === undefined) throw notFound(NAMESPACES, info.namespace);
}

function podFrom(object: KubeObject): Pod {
  try {
    return defaultedPod(object);
  } catch (error) {
    throw badRequest(error instanceof Error ? error.message : String(error));
  }
}

function objectOf(body: Readonly<Record<string, unknown>>, call: Call): KubeObject {
  const resource = resourceOf(call.info);
  const metadata = body.metadata;
  if (typeof metadata !== "object" || metadata === null) throw badRequest("metadata: Required value");
  const kind = body.kind ?? resource.kind;
  if (kind !== resource.kind) throw badRequest(`the object provided is of kind ${kind}, not ${resource.kind}`);
  const { namespace: own, ...rest } = metadata as ObjectMeta;
  if (own !== undefined && own !== "" && own !== call.info.namespace) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
  const namespace = resource.namespaced ? { namespace: call.info.namespace } : {};
  return { ...body, apiVersion: apiVersionOf(resource), kind: resource.kind, metadata: { ...rest, ...namespace } };
}

function mergePatch(target: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const base = typeof target === "object" && target !== null && !Array.isArray(target) ? target : {};
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(merged[key], value);
  }
  return merged;
}
