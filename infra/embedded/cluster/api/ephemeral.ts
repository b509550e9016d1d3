import { isDeepStrictEqual } from "node:util";
import { PODS } from "../node/running-pod.ts";
import type { EphemeralContainerSpec, Pod } from "../store/objects.ts";
import { findResource } from "../store/resources.ts";
import { type Api, type Call, namedObject, sendJson } from "./api.ts";
import { readBody } from "./body.ts";
import { podSecurityViolation } from "./pod-security.ts";
import { type FieldFault, forbidden, invalid } from "./status.ts";

/** Fields that an ephemeral container may not have (kubernetes/api core/v1 EphemeralContainerCommon). */
const NOT_ALLOWED = [
  "ports",
  "livenessProbe",
  "readinessProbe",
  "startupProbe",
  "lifecycle",
  "resources",
  "restartPolicy",
];

/** GET, PATCH (strategic merge by name) and PUT of pods/ephemeralcontainers: append only, then the new ones are started. */
export async function ephemeralContainers(call: Call): Promise<void> {
  const { api, info } = call;
  const pod = namedObject(api, info) as Pod; // the route serves pods only
  if (call.request.method === "GET") return sendJson(call.response, 200, pod);
  const body = await readBody(call.request);
  const asked = ((body.spec ?? {}) as { readonly ephemeralContainers?: readonly EphemeralContainerSpec[] })
    .ephemeralContainers;
  const before = pod.spec.ephemeralContainers ?? [];
  const after = (call.request.method === "PATCH" ? mergedByName(before, asked ?? []) : (asked ?? [])).map(defaulted);
  const faults = faultsOf(pod, before, after);
  if (faults.length > 0) throw invalid("Pod", "", pod.metadata.name, faults);
  const wanted: Pod = { ...pod, spec: { ...pod.spec, ephemeralContainers: after } };
  admit(api, wanted);
  if (info.query.getAll("dryRun").includes("All")) return sendJson(call.response, 200, wanted);
  const stored = api.store.update(PODS, pod, (current) => ({ ...current, spec: wanted.spec }));
  for (const spec of after.slice(before.length)) {
    api.kubelet
      .runEphemeral(pod, spec)
      .catch((error: unknown) => api.log(`ephemeral container ${spec.name}: ${error}`));
  }
  sendJson(call.response, 200, stored ?? wanted);
}

/** Pods from a file on the node carry it (the mirror pod of a static pod). */
const MIRROR = "kubernetes.io/config.mirror";

/** Pod Security Admission. Throws 403 with the plugin's words. */
export function admit(api: Api, pod: Pod): void {
  const namespaces = findResource("", "namespaces");
  const namespace = namespaces && api.store.get(namespaces, "", pod.metadata.namespace ?? "");
  const violation = podSecurityViolation(namespace, pod, api.behaviour().relaxesForUserNamespaces);
  if (violation !== undefined) throw forbidden(PODS, pod.metadata.name, violation);
}

function mergedByName(
  before: readonly EphemeralContainerSpec[],
  patch: readonly EphemeralContainerSpec[],
): EphemeralContainerSpec[] {
  const merged = before.map((container) => ({ ...container, ...patch.find(({ name }) => name === container.name) }));
  return [...merged, ...patch.filter(({ name }) => !before.some((container) => container.name === name))];
}

function defaulted(container: EphemeralContainerSpec): EphemeralContainerSpec {
  return {
    ...{ imagePullPolicy: "IfNotPresent", terminationMessagePath: "/dev/termination-log" },
    ...container,
  };
}

function faultsOf(
  pod: Pod,
  before: readonly EphemeralContainerSpec[],
  after: readonly EphemeralContainerSpec[],
): FieldFault[] {
  const at = "spec.ephemeralContainers";
  if (pod.metadata.annotations?.[MIRROR] !== undefined) {
    const message = "Forbidden: static pods do not support ephemeral containers";
    return [{ field: at, reason: "FieldValueForbidden", message }];
  }
  const faults: FieldFault[] = [];
  const fault = (field: string, reason: string, message: string): void => void faults.push({ field, reason, message });
  for (const old of before) {
    const kept = after.find(({ name }) => name === old.name);
    const what = `existing ephemeral containers "${old.name}" may not be`;
    if (kept === undefined) fault(at, "FieldValueForbidden", `Forbidden: ${what} removed`);
    else if (!isDeepStrictEqual(kept, old)) fault(at, "FieldValueForbidden", `Forbidden: ${what} changed`);
  }
  const names = [...(pod.spec.initContainers ?? []), ...pod.spec.containers].map(({ name }) => name);
  after.forEach((container, index) => {
    const field = `${at}[${index}]`;
    if (!container.name) fault(`${field}.name`, "FieldValueRequired", "Required value");
    else if (names.includes(container.name)) {
      fault(`${field}.name`, "FieldValueDuplicate", `Duplicate value: "${container.name}"`);
    }
    names.push(container.name);
    if (!container.image) fault(`${field}.image`, "FieldValueRequired", "Required value");
    const target = container.targetContainerName;
    if (target && !pod.spec.containers.some(({ name }) => name === target)) {
      fault(`${field}.targetContainerName`, "FieldValueNotFound", `Not found: "${target}"`);
    }
    for (const name of NOT_ALLOWED) {
      const value = container[name];
      if (value === undefined || isDeepStrictEqual(value, {})) continue;
      fault(`${field}.${name}`, "FieldValueForbidden", "Forbidden: cannot be set for an Ephemeral Container");
    }
  });
  return faults;
}
