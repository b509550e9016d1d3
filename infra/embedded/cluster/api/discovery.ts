import { RESOURCES } from "../store/resources.ts";
import type { VersionBehaviour } from "../versions.ts";

const VERBS = ["create", "delete", "get", "list", "patch", "update", "watch"];
/** Groups that hold only reviews, which are created and never stored. */
const REVIEWS: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  "authentication.k8s.io": [["selfsubjectreviews", "SelfSubjectReview"]],
  "authorization.k8s.io": [
    ["selfsubjectaccessreviews", "SelfSubjectAccessReview"],
    ["selfsubjectrulesreviews", "SelfSubjectRulesReview"],
  ],
};

/** The unstored answers: version, health and discovery. A string is a text body; undefined: no such path. */
export function discovery(path: string, behaviour: VersionBehaviour): object | string | undefined {
  const trimmed = path.replace(/\/$/, "");
  if (["/healthz", "/livez", "/readyz"].includes(trimmed)) return "ok";
  if (trimmed === "/version") return versionInfo(behaviour);
  if (trimmed === "/api") {
    return { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs: [] };
  }
  if (trimmed === "/apis") return { kind: "APIGroupList", apiVersion: "v1", groups: groupNames().map(groupOf) };
  const group = /^\/apis\/([^/]+)(\/v1)?$/.exec(trimmed);
  if (trimmed === "/api/v1") return resourceList("", behaviour);
  if (group === null || !groupNames().includes(group[1] ?? "")) return undefined;
  return group[2] === undefined
    ? { kind: "APIGroup", apiVersion: "v1", ...groupOf(group[1] ?? "") }
    : resourceList(group[1] ?? "", behaviour);
}

function versionInfo(behaviour: VersionBehaviour): object {
  return {
    ...{ major: behaviour.major, minor: behaviour.minor, gitVersion: behaviour.gitVersion },
    ...{ gitCommit: "0000000000000000000000000000000000000000", gitTreeState: "clean" },
    ...{ buildDate: "1970-01-01T00:00:00Z", goVersion: "go1.0", compiler: "gc", platform: "linux/amd64" },
  };
}

function groupNames(): string[] {
  const stored = RESOURCES.map((resource) => resource.group).filter((group) => group !== "");
  return [...new Set([...stored, ...Object.keys(REVIEWS)])];
}

function groupOf(name: string): object {
  const version = { groupVersion: `${name}/v1`, version: "v1" };
  return { name, versions: [version], preferredVersion: version };
}

function resourceList(group: string, behaviour: VersionBehaviour): object {
  const stored = RESOURCES.filter((resource) => resource.group === group).flatMap((resource) => {
    const { plural, singular, namespaced, kind, shortNames, subresources } = resource;
    return [
      { name: plural, singularName: singular, namespaced, kind, verbs: VERBS, shortNames },
      ...subresources.map((subresource) => ({
        ...{ name: `${plural}/${subresource}`, singularName: "", namespaced },
        ...(SUBRESOURCES[subresource] ?? { kind, verbs: ["get", "patch", "update"] }),
      })),
    ];
  });
  const served = (REVIEWS[group] ?? []).filter(([name]) => name !== "selfsubjectreviews" || behaviour.reviewsSelf);
  const reviews = served.map(([name, kind]) => ({
    ...{ name, singularName: kind.toLowerCase(), namespaced: false, kind, verbs: ["create"] },
  }));
  const groupVersion = group === "" ? "v1" : `${group}/v1`;
  return { kind: "APIResourceList", apiVersion: "v1", groupVersion, resources: [...stored, ...reviews] };
}

const SUBRESOURCES: Readonly<Record<string, object>> = {
  exec: { kind: "PodExecOptions", verbs: ["create", "get"] },
  attach: { kind: "PodAttachOptions", verbs: ["create", "get"] },
  log: { kind: "Pod", verbs: ["get"] },
  token: { kind: "TokenRequest", group: "authentication.k8s.io", version: "v1", verbs: ["create"] },
};
