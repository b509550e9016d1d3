import { beforeAll, describe, expect, test } from "vitest";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { ask } from "#test/support/api-client.ts";
import { sharedCluster } from "#test/support/cluster.ts";

const RBAC = "/apis/rbac.authorization.k8s.io/v1";
const PODS = "/api/v1/namespaces/demo/pods";

let cluster: EmbeddedCluster;
beforeAll(async () => {
  cluster = await sharedCluster();
  await cluster.apply(ACCOUNTS);
});

const as = (account: string) => ({ token: cluster.token("demo", account) });

describe("resourceNames", () => {
  test("let a list and a watch through when a field selector pins one of the names", async () => {
    expect((await ask(cluster, PODS, as("named"))).code).toBe(403);
    expect((await ask(cluster, `${PODS}?fieldSelector=metadata.name%3Dweak`, as("named"))).code).toBe(200);
    const pinned = `${PODS}?fieldSelector=status.phase%3DRunning,metadata.name%3Dweak`;
    expect((await ask(cluster, pinned, as("named"))).code).toBe(200);
    const watch = await ask(
      cluster,
      `${PODS}?watch=1&timeoutSeconds=1&fieldSelector=metadata.name%3Dweak`,
      as("named"),
    );
    expect(watch.code).toBe(200);
    expect(JSON.parse(watch.text.split("\n")[0] ?? "").object.metadata.name).toBe("weak");
  });

  test("do not let through a selector of another name, of all but one, or of a label", async () => {
    for (const selector of [
      "fieldSelector=metadata.name%3Dhardened",
      "fieldSelector=metadata.name!%3Dhardened",
      "labelSelector=app%3Dweak",
    ]) {
      expect((await ask(cluster, `${PODS}?${selector}`, as("named"))).code, selector).toBe(403);
      expect((await ask(cluster, `${PODS}?watch=1&${selector}`, as("named"))).code, selector).toBe(403);
    }
  });

  test("of a create hold for nothing, as a new object has no name yet", async () => {
    const body = { metadata: { name: "weak" } };
    const made = await ask(cluster, "/api/v1/namespaces/demo/configmaps", { method: "POST", body, ...as("named") });
    expect(made.code).toBe(403);
  });
});

describe("escalation", () => {
  const role = (name: string, rule: object) => ({ metadata: { name }, rules: [{ apiGroups: [""], ...rule }] });
  const makeRole = (account: string, body: object) =>
    ask(cluster, `${RBAC}/namespaces/demo/roles`, { method: "POST", body, ...as(account) });
  const bind = (account: string, name: string, kind: string, to: string) => {
    const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind, name: to };
    const body = { metadata: { name }, roleRef, subjects: [{ kind: "User", apiGroup: roleRef.apiGroup, name: "eve" }] };
    return ask(cluster, `${RBAC}/namespaces/demo/rolebindings`, { method: "POST", body, ...as(account) });
  };

  test("a role may hold what its maker holds, or less", async () => {
    const names = { resources: ["pods"], verbs: ["get"], resourceNames: ["weak"] };
    expect((await makeRole("maker", role("less", names))).code).toBe(201);
    expect((await makeRole("maker", role("same", { resources: ["pods"], verbs: ["get", "list"] }))).code).toBe(201);
  });

  test.each([
    ["another verb", { resources: ["pods"], verbs: ["get", "delete"] }, '"Verbs":["delete"]'],
    ["another resource", { resources: ["secrets"], verbs: ["get"] }, "secrets"],
    ["everything", { resources: ["*"], verbs: ["*"] }, "*"],
    ["a subresource", { resources: ["pods/exec"], verbs: ["get"] }, "pods/exec"],
  ])("a role with %s than its maker's is 403, and the refusal names what is missing", async (_what, rule, words) => {
    const answer = await makeRole("maker", role("more", rule));
    expect(answer.code).toBe(403);
    expect(answer.json.message).toContain(
      'roles.rbac.authorization.k8s.io "more" is forbidden: user "system:serviceaccount:demo:maker"',
    );
    expect(answer.json.message).toContain("attempting to grant RBAC permissions not currently held");
    expect(answer.json.message.replaceAll(/(\w+):\[/g, '"$1":[')).toContain(words);
  });

  test("a right to some names does not cover all names", async () => {
    const rule = { resources: ["pods"], verbs: ["watch"] };
    expect((await makeRole("maker", role("unnamed", rule))).code).toBe(403);
    expect((await makeRole("maker", role("named-1", { ...rule, resourceNames: ["weak"] }))).code).toBe(201);
    expect((await makeRole("maker", role("named-2", { ...rule, resourceNames: ["weak", "hardened"] }))).code).toBe(403);
  });

  test("a role that exists cannot be widened either, and may be written again as it is", async () => {
    const wide = role("widened", { resources: ["pods"], verbs: ["delete"] });
    await ask(cluster, `${RBAC}/namespaces/demo/roles`, { method: "POST", body: wide, context: "muster-admin" });
    const put = (rules: readonly object[]) =>
      ask(cluster, `${RBAC}/namespaces/demo/roles/widened`, {
        ...{ method: "PUT", body: { metadata: { name: "widened" }, rules } },
        ...as("maker"),
      });
    expect((await put(wide.rules)).code).toBe(200);
    expect((await put([...wide.rules, { apiGroups: [""], resources: ["nodes"], verbs: ["get"] }])).code).toBe(403);
  });

  test("with the verb escalate a role may hold more", async () => {
    const more = role("escalated", { resources: ["secrets"], verbs: ["get"] });
    expect((await makeRole("escalator", more)).code).toBe(201);
  });

  test("nobody binds a role with more than they hold, unless they may bind it by name", async () => {
    expect((await bind("maker", "to-admin", "ClusterRole", "cluster-admin")).code).toBe(403);
    expect((await bind("maker", "to-nothing", "Role", "not-there")).code).toBe(404);
    expect((await bind("maker", "to-own", "Role", "same")).code).toBe(201);
    expect((await bind("binder", "to-admin", "ClusterRole", "cluster-admin")).code).toBe(201);
    expect((await bind("binder", "to-scanner", "ClusterRole", "muster-scanner")).code).toBe(403);
  });

  test("a binding's role cannot be exchanged", async () => {
    const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "less" };
    const answer = await ask(cluster, `${RBAC}/namespaces/demo/rolebindings/to-own`, {
      ...{ method: "PUT", body: { metadata: { name: "to-own" }, roleRef, subjects: [] } },
      ...as("maker"),
    });
    expect(answer.code).toBe(422);
    expect(answer.json.message).toContain("cannot change roleRef");
  });
});

test("1.27 has no SelfSubjectReview of version v1, and does not announce it", async () => {
  const path = "/apis/authentication.k8s.io/v1";
  cluster.behaveLike("1.27");
  const review = await ask(cluster, `${path}/selfsubjectreviews`, { method: "POST", body: {} });
  const listed = await ask(cluster, path);
  cluster.behaveLike("1.36");
  expect(review.code).toBe(404);
  expect(listed.text).not.toContain("SelfSubjectReview");
  expect((await ask(cluster, path)).text).toContain("SelfSubjectReview");
});

const account = (name: string, rules: readonly string[]): string => `
apiVersion: v1
kind: ServiceAccount
metadata: { name: ${name}, namespace: demo }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: ${name}, namespace: demo }
rules: [${rules.join(", ")}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: ${name}, namespace: demo }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: ${name} }
subjects: [{ kind: ServiceAccount, name: ${name} }]
---`;

const MAKING = "{ apiGroups: [rbac.authorization.k8s.io], resources: [roles, rolebindings], verbs: [create, update] }";

const ACCOUNTS = [
  account("named", [
    '{ apiGroups: [""], resources: [pods], verbs: [list, watch], resourceNames: [weak] }',
    '{ apiGroups: [""], resources: [configmaps], verbs: [create], resourceNames: [weak] }',
  ]),
  account("maker", [
    MAKING,
    '{ apiGroups: [""], resources: [pods], verbs: [get, list] }',
    '{ apiGroups: [""], resources: [pods], verbs: [watch], resourceNames: [weak] }',
  ]),
  account("escalator", [
    MAKING,
    "{ apiGroups: [rbac.authorization.k8s.io], resources: [roles], verbs: [escalate], resourceNames: [escalated] }",
  ]),
  account("binder", [
    MAKING,
    "{ apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [bind], resourceNames: [cluster-admin] }",
  ]),
].join("\n");
