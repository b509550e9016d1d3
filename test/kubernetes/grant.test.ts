import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { eksEntry } from "#cluster/grant/eks.ts";
import { type GrantRequest, grantFor } from "#cluster/grant/grant.ts";
import { grantAsYaml } from "#cluster/grant/yaml.ts";
import type { TargetEntry } from "#contract/request.ts";

const subject = { kind: "ServiceAccount", name: "scanner", namespace: "muster" } as const;

const grant = (entries: readonly Omit<TargetEntry, "cluster">[], more: Partial<GrantRequest> = {}) =>
  grantFor({
    ...{ subject, makeSubject: false, toolbox: false, broker: false, ...more },
    entries: entries.map((entry) => ({ cluster: "c", ...entry })),
  });

/** Every role's place and rules, short: `shop: get,watch pods web`. */
const rights = (...words: Parameters<typeof grant>) =>
  grant(...words).flatMap(({ object }) =>
    ((object.rules ?? []) as { resources: string[]; verbs: string[]; resourceNames?: string[] }[]).map((rule) =>
      [
        `${object.metadata.namespace ?? object.kind}: ${rule.verbs.join(",")} ${rule.resources.join(",")}`,
        ...(rule.resourceNames ?? []),
      ].join(" "),
    ),
  );

describe("the least rights for a request", () => {
  it("are get and watch of named pods by their names, without a list", () => {
    expect(rights([{ namespaces: ["shop"], pods: ["web-1", "web-0"] }])).toEqual([
      "shop: get,watch pods web-0 web-1",
      "shop: get,create pods/exec web-0 web-1",
    ]);
  });

  it("are a list for the whole namespace and the rest by name, when names are looked for by a selector", () => {
    expect(rights([{ namespaces: ["shop"], pods: ["web-0"], labelSelector: "app=web" }])).toEqual([
      "shop: list pods",
      "shop: get,watch pods web-0",
      "shop: get,create pods/exec web-0",
    ]);
  });

  it("are one Role in each namespace that is named, and none elsewhere", () => {
    const objects = grant([{ namespaces: ["shop", "bank"] }]).map(({ object }) => object);
    expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace}`)).toEqual([
      "Role shop",
      "RoleBinding shop",
      "Role bank",
      "RoleBinding bank",
    ]);
  });

  it("are those of both entries where two look into one namespace", () => {
    expect(rights([{ namespaces: ["shop"], pods: ["web-0"] }, { namespaces: ["shop"] }])).toEqual([
      "shop: list,get,watch pods",
      "shop: get,create pods/exec",
    ]);
  });

  it("need no list where the names stand in a file elsewhere", () => {
    const podsFrom = { key: "names.json", sha256: "0".repeat(64) };
    expect(rights([{ namespaces: ["shop"], podsFrom }])).toEqual([
      "shop: get,watch pods",
      "shop: get,create pods/exec",
    ]);
  });

  it("are a ClusterRole only for all namespaces, and say why", () => {
    const granted = grant([{ namespaces: ["shop"] }, { labelSelector: "app=web" }]);
    expect(granted.map(({ object }) => object.kind)).toEqual(["ClusterRole", "ClusterRoleBinding"]);
    expect(granted[0]?.why).toContain("because the request names no namespace");
  });

  it("read nodes only when that is asked for, also for a broker", () => {
    const entry = { namespaces: ["shop"], pods: ["web-0"] };
    expect(rights([entry]).join()).not.toContain("nodes");
    for (const broker of [false, true]) {
      const granted = grant([entry], { nodes: true, broker }).slice(-2);
      const name = `muster-${broker ? "broker" : "scanner"}-nodes`;
      expect(granted.map(({ object }) => `${object.kind} ${object.metadata.name}`)).toEqual([
        `ClusterRole ${name}`,
        `ClusterRoleBinding ${name}`,
      ]);
      expect(granted[0]?.object.rules).toEqual([{ apiGroups: [""], resources: ["nodes"], verbs: ["list", "get"] }]);
    }
  });

  it("hold the toolbox only when it is asked for", () => {
    const entry = { namespaces: ["shop"], pods: ["web-0"] };
    expect(rights([entry]).join()).not.toContain("ephemeralcontainers");
    expect(rights([entry], { toolbox: true })).toContain("shop: patch pods/ephemeralcontainers web-0");
  });

  it.each([
    ["1.34.9", "get"],
    ["v1.35.0", "get,create"],
    ["1.36", "get,create"],
    ["2.0", "get,create"],
    [undefined, "get,create"],
  ])("for Kubernetes %s are %s on pods/exec", (serverVersion, verbs) => {
    expect(rights([{ namespaces: ["shop"] }], { serverVersion })).toContain(`shop: ${verbs} pods/exec`);
  });

  it("of a broker are what it hands on and the making of roles, without escalate or bind", () => {
    const all = rights([{ namespaces: ["shop"] }], { broker: true, serverVersion: "1.31" });
    expect(all).toEqual([
      "muster-scans: create,list,delete serviceaccounts",
      "muster-scans: create serviceaccounts/token",
      "shop: list,get,watch pods",
      "shop: get,create pods/exec",
      "shop: create,list,delete roles,rolebindings",
    ]);
  });
});

describe("a grant as YAML", () => {
  it("is the same objects, each reason a comment", () => {
    const granted = grant([{ namespaces: ["shop"], pods: ["web-0"] }], { makeSubject: true });
    const text = grantAsYaml(granted, ["heading"]);
    expect(parseAllDocuments(text).map((document) => document.toJS())).toEqual(granted.map(({ object }) => object));
    expect(text).toMatch(/^# heading\n/);
    for (const { why } of granted) if (why !== "") expect(text).toContain(`# ${why}\n`);
    expect(text).not.toMatch(/[&*]a\d/);
  });
});

describe("an EKS access entry", () => {
  it("puts the role into the group, as a command and as CloudFormation", () => {
    const entry = eksEntry("arn:aws:iam::123456789012:role/team/muster", "muster-scanners", "prod");
    expect(entry.command).toBe(
      "aws eks create-access-entry --cluster-name prod --type STANDARD --principal-arn arn:aws:iam::123456789012:role/team/muster --kubernetes-groups muster-scanners",
    );
    expect(parseAllDocuments(entry.cloudFormation)[0]?.toJS()).toMatchObject({
      MusterAccess: { Type: "AWS::EKS::AccessEntry", Properties: { KubernetesGroups: ["muster-scanners"] } },
    });
  });

  it.each([
    ["arn:aws:sts::123456789012:assumed-role/muster/session", "muster", "session"],
    ["muster", "muster", "not the ARN"],
    ["arn:aws:iam::123456789012:role/x; rm -rf /", "muster", "not the ARN"],
    ["arn:aws:iam::123456789012:role/muster", "system:masters", "allows no group"],
    ["arn:aws:iam::123456789012:role/muster", "a; rm -rf /", "cannot be the group"],
    ["arn:aws:iam::123456789012:role/muster", "a\nkind: Secret", "cannot be the group"],
  ])("refuses %s in group %s", (arn, group, words) => {
    expect(() => eksEntry(arn, group)).toThrow(words);
  });

  it("refuses a cluster name that a shell would read otherwise", () => {
    expect(() => eksEntry("arn:aws:iam::123456789012:role/muster", "muster", "$(id)")).toThrow("--eks-cluster");
  });
});
