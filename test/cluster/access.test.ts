import { beforeAll, describe, expect, test } from "vitest";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { ask } from "#test/support/api-client.ts";
import { sharedCluster } from "#test/support/cluster.ts";
import { openExec, type Refused, V4, V5 } from "#test/support/exec-socket.ts";

let cluster: EmbeddedCluster;
beforeAll(async () => {
  cluster = await sharedCluster();
});

const PODS = "/api/v1/namespaces/demo/pods";

describe("who asks", () => {
  test("a token that nobody issued is 401 Unauthorized", async () => {
    const answer = await ask(cluster, PODS, { token: "not.a.token" });
    expect(answer.code).toBe(401);
    expect(answer.json).toEqual({
      ...{ kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure" },
      ...{ message: "Unauthorized", reason: "Unauthorized", code: 401 },
    });
  });

  test("without credentials one is system:anonymous, who may only look at version and health", async () => {
    const answer = await ask(cluster, PODS, { token: "" });
    expect(answer.code).toBe(403);
    expect(answer.json.message).toContain('User "system:anonymous" cannot list resource "pods"');
    expect((await ask(cluster, "/version", { token: "" })).json.gitVersion).toBe("v1.36.0");
    expect((await ask(cluster, "/readyz", { token: "" })).text).toBe("ok");
  });

  test("a client certificate names user and groups", async () => {
    const answer = await ask(cluster, "/apis/authentication.k8s.io/v1/selfsubjectreviews", {
      ...{ method: "POST", body: {}, context: "muster-admin" },
    });
    expect(answer.json.status.userInfo).toMatchObject({
      username: "muster-admin",
      groups: ["system:masters", "system:authenticated"],
    });
  });

  test("a token ends at its own expiry", async () => {
    const path = "/api/v1/namespaces/muster/serviceaccounts/scanner/token";
    const answer = await ask(cluster, path, {
      method: "POST",
      body: { spec: { expirationSeconds: 600 } },
      context: "muster-admin",
    });
    expect(answer.code).toBe(201);
    const { token } = answer.json.status;
    expect((await ask(cluster, PODS, { token })).code).toBe(200);
    cluster.clock.advance(601_000);
    expect((await ask(cluster, PODS, { token })).code).toBe(401);
    cluster.clock.advance(-601_000);
  });

  test("a token for less than ten minutes is 422", async () => {
    const path = "/api/v1/namespaces/muster/serviceaccounts/scanner/token";
    const answer = await ask(cluster, path, {
      method: "POST",
      body: { spec: { expirationSeconds: 599 } },
      context: "muster-admin",
    });
    expect(answer.code).toBe(422);
    expect(answer.json.message).toContain("may not specify a duration less than 10 minutes");
  });

  test("a token for another audience is 401 here", async () => {
    const path = "/api/v1/namespaces/muster/serviceaccounts/scanner/token";
    const answer = await ask(cluster, path, {
      method: "POST",
      body: { spec: { audiences: ["vault"] } },
      context: "muster-admin",
    });
    expect((await ask(cluster, PODS, { token: answer.json.status.token })).code).toBe(401);
  });
});

describe("who may", () => {
  test("a refusal names user, verb, resource, group and namespace", async () => {
    const answer = await ask(cluster, `${PODS}/weak`, { context: "nobody" });
    expect(answer.code).toBe(403);
    expect(answer.json).toMatchObject({
      status: "Failure",
      reason: "Forbidden",
      details: { name: "weak", kind: "pods" },
    });
    expect(answer.json.message).toBe(
      'pods "weak" is forbidden: User "system:serviceaccount:muster:nobody" cannot get resource "pods" in API group "" in the namespace "demo"',
    );
  });

  test("outside namespaces it says so", async () => {
    const answer = await ask(cluster, "/apis/apps/v1/deployments", { context: "nobody" });
    expect(answer.json.message).toBe(
      'deployments.apps is forbidden: User "system:serviceaccount:muster:nobody" cannot list resource "deployments" in API group "apps" at the cluster scope',
    );
  });

  test("the scanner cannot delete, and cannot add containers", async () => {
    expect((await ask(cluster, `${PODS}/weak`, { method: "DELETE" })).code).toBe(403);
    const patch = { method: "PATCH", body: {}, type: "application/strategic-merge-patch+json" };
    expect((await ask(cluster, `${PODS}/weak/ephemeralcontainers`, patch)).code).toBe(403);
  });

  test("a Role holds in its namespace and for the names it lists", async () => {
    await cluster.apply(NARROW);
    const token = cluster.token("demo", "narrow");
    expect((await ask(cluster, `${PODS}/weak`, { token })).code).toBe(200);
    expect((await ask(cluster, `${PODS}/hardened`, { token })).code).toBe(403);
    expect((await ask(cluster, PODS, { token })).code).toBe(403);
  });

  test.each([
    { attributes: { verb: "get", resource: "pods", subresource: "exec", namespace: "demo" }, allowed: true },
    { attributes: { verb: "create", resource: "pods", subresource: "exec", namespace: "demo" }, allowed: true },
    {
      attributes: { verb: "patch", resource: "pods", subresource: "ephemeralcontainers", namespace: "demo" },
      allowed: false,
    },
    { attributes: { verb: "get", resource: "secrets", namespace: "demo" }, allowed: false },
  ])(
    "an access review says $allowed to $attributes.verb $attributes.resource/$attributes.subresource",
    async ({ attributes, allowed }) => {
      const answer = await ask(cluster, "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {
        ...{ method: "POST", body: { spec: { resourceAttributes: attributes } } },
      });
      expect(answer.code).toBe(201);
      expect(answer.json.status.allowed).toBe(allowed);
    },
  );

  test("a rules review lists what the scanner may do", async () => {
    const answer = await ask(cluster, "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", {
      ...{ method: "POST", body: { spec: { namespace: "demo" } } },
    });
    expect(answer.json.status.resourceRules).toContainEqual({
      apiGroups: [""],
      resources: ["pods/exec"],
      verbs: ["get", "create"],
    });
  });
});

describe("exec, by version", () => {
  const refusal = async (pod: string, options: Parameters<typeof openExec>[3]): Promise<Refused> =>
    openExec(cluster, pod, ["/bin/true"], options).then(
      () => Promise.reject(new Error("it was accepted")),
      (refused: Refused) => refused,
    );

  test("1.36 wants create besides get for a WebSocket, and gives no reason; 1.31 does not", async () => {
    await cluster.apply(NARROW);
    const token = cluster.token("demo", "get-only");
    const refused = await refusal("weak", { token });
    expect(refused.code).toBe(403);
    expect(JSON.parse(refused.text).message).toBe('pods "weak" is forbidden: ');
    cluster.behaveLike("1.31");
    const session = await openExec(cluster, "weak", ["/bin/true"], { token });
    cluster.behaveLike("1.36");
    expect(await session.closed).toBe(1000);
  });

  test("with create alone a WebSocket is refused for the missing get", async () => {
    await cluster.apply(NARROW);
    const refused = await refusal("weak", { token: cluster.token("demo", "create-only") });
    expect(JSON.parse(refused.text).message).toContain('cannot get resource "pods/exec"');
  });

  test("1.27 hands a list with v5 to the runtime, which takes v4", async () => {
    cluster.behaveLike("1.27");
    const session = await openExec(cluster, "weak", ["/bin/true"], { protocols: [V5, V4] });
    cluster.behaveLike("1.36");
    expect(session.socket.protocol).toBe(V4);
    await session.closed;
  });

  test("1.27 refuses v5 alone with an empty 403, which is not RBAC", async () => {
    cluster.behaveLike("1.27");
    const refused = await refusal("weak", { protocols: [V5] });
    cluster.behaveLike("1.36");
    expect(refused).toMatchObject({ code: 403, text: "" });
  });

  test("a stopped container is an error before the upgrade on v4, and a status frame after it on v5", async () => {
    const refused = await refusal("stopped", { protocols: [V4] });
    expect(refused).toMatchObject({ code: 404, text: 'container not found ("once")\n' });
    const session = await openExec(cluster, "stopped", ["/bin/true"], { protocols: [V5] });
    expect(await session.closed).toBe(1000);
    expect(session.statuses()[0]).toMatchObject({
      ...{ status: "Failure", reason: "InternalError", code: 500 },
      message: 'Internal error occurred: unable to upgrade connection: container not found ("once")',
    });
  });

  test.each([
    { pod: "nope", options: {}, code: 404, message: 'pods "nope" not found' },
    { pod: "weak", options: { container: "nope" }, code: 400, message: "container nope is not valid for pod weak" },
    {
      pod: "two-containers",
      options: {},
      code: 400,
      message: "a container name must be specified for pod two-containers, choose one of: [first second]",
    },
  ])("$message: $code before any upgrade", async ({ pod, options, code, message }) => {
    const refused = await refusal(pod, options);
    expect(refused.code).toBe(code);
    expect(JSON.parse(refused.text)).toMatchObject({ kind: "Status", status: "Failure", code, message });
  });
});

const account = (name: string, rules: string): string => `
apiVersion: v1
kind: ServiceAccount
metadata: { name: ${name}, namespace: demo }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: ${name}, namespace: demo }
rules: [${rules}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: ${name}, namespace: demo }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: ${name} }
subjects: [{ kind: ServiceAccount, name: ${name} }]
---`;

const NARROW = [
  account("narrow", '{ apiGroups: [""], resources: [pods], verbs: [get], resourceNames: [weak] }'),
  account("get-only", '{ apiGroups: [""], resources: [pods/exec], verbs: [get] }'),
  account("create-only", '{ apiGroups: [""], resources: [pods/exec], verbs: [create] }'),
].join("\n");
