import { type Call, sendJson } from "./api.ts";
import { readBody } from "./body.ts";
import { type Attributes, isAllowed, rulesOf } from "./rbac.ts";

/** POST selfsubjectaccessreviews: may I? (authorization.k8s.io/v1) */
export async function reviewAccess(call: Call): Promise<void> {
  const body = await readBody(call.request);
  const spec = part(body, "spec");
  const resource = part(spec, "resourceAttributes");
  const path = part(spec, "nonResourceAttributes");
  const subresource = text(resource, "subresource");
  const what: Attributes =
    spec.nonResourceAttributes === undefined
      ? {
          ...{ verb: text(resource, "verb"), namespace: text(resource, "namespace"), group: text(resource, "group") },
          resource: text(resource, "resource") + (subresource === "" ? "" : `/${subresource}`),
          name: text(resource, "name"),
        }
      : { verb: text(path, "verb"), path: text(path, "path"), namespace: "", group: "", resource: "", name: "" };
  const allowed = isAllowed(call.api.store, call.user, what);
  sendJson(call.response, 201, {
    ...{ kind: "SelfSubjectAccessReview", apiVersion: "authorization.k8s.io/v1", metadata: {}, spec },
    status: { allowed },
  });
}

/** POST selfsubjectrulesreviews: all I may do in a namespace. */
export async function reviewRules(call: Call): Promise<void> {
  const spec = part(await readBody(call.request), "spec");
  const rules = rulesOf(call.api.store, call.user, text(spec, "namespace"));
  if (call.user.groups.includes("system:masters")) {
    rules.push({ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }, { verbs: ["*"], nonResourceURLs: ["*"] });
  }
  sendJson(call.response, 201, {
    ...{ kind: "SelfSubjectRulesReview", apiVersion: "authorization.k8s.io/v1", metadata: {}, spec },
    status: {
      resourceRules: rules.filter((rule) => (rule.resources ?? []).length > 0),
      nonResourceRules: rules.filter((rule) => (rule.nonResourceURLs ?? []).length > 0),
      incomplete: false,
    },
  });
}

/** POST selfsubjectreviews: who am I? (authentication.k8s.io/v1) */
export function reviewSelf(call: Call): void {
  const { username, uid, groups } = call.user;
  sendJson(call.response, 201, {
    ...{ kind: "SelfSubjectReview", apiVersion: "authentication.k8s.io/v1", metadata: {} },
    status: { userInfo: { username, ...(uid === "" ? {} : { uid }), groups } },
  });
}

function part(value: Readonly<Record<string, unknown>>, field: string): Readonly<Record<string, unknown>> {
  const found = value[field];
  return typeof found === "object" && found !== null ? (found as Record<string, unknown>) : {};
}

function text(value: Readonly<Record<string, unknown>>, field: string): string {
  const found = value[field];
  return typeof found === "string" ? found : "";
}
