import { expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { injectSidecar } from "#cli/inject-sidecar.ts";

const options = { image: "registry.test/toolbox@sha256:0", restricted: false };
const deployment = `# the shop's front
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3 # one a zone
  template:
    spec:
      initContainers:
        - name: migrate
          image: shop:1
      containers:
        - name: web
          image: shop:1
          command: ["/web", "--port=80"]
          livenessProbe: { httpGet: { path: /live, port: 80 } }
---
apiVersion: v1
kind: Service
metadata: { name: web }
`;

it("adds the sidecar first and shares processes, and changes nothing else", () => {
  const [before, after] = [
    parse(deployment.split("---")[0] ?? ""),
    parseAllDocuments(injectSidecar(deployment, options)),
  ];
  const injected = after[0]?.toJS();
  const { initContainers, shareProcessNamespace, ...rest } = injected.spec.template.spec;
  expect(shareProcessNamespace).toBe(true);
  expect(initContainers.map(({ name }: { name: string }) => name)).toEqual(["muster-sidecar", "migrate"]);
  expect(initContainers[0]).toMatchObject({ restartPolicy: "Always", image: options.image });
  expect(rest.containers).toEqual(before.spec.template.spec.containers);
  expect(after[1]?.toJS()).toEqual({ apiVersion: "v1", kind: "Service", metadata: { name: "web" } });
});

it("keeps comments, and the second run changes nothing", () => {
  const once = injectSidecar(deployment, options);
  expect(once).toContain("# the shop's front");
  expect(once).toContain("# one a zone");
  expect(injectSidecar(once, options)).toBe(once);
});

it("takes over a new image", () => {
  const again = injectSidecar(injectSidecar(deployment, options), {
    ...options,
    image: "registry.test/toolbox@sha256:1",
  });
  expect(again.match(/muster-sidecar/g)).toHaveLength(1);
  expect(again).toContain("sha256:1");
});

it.each(["Pod", "StatefulSet", "DaemonSet", "Job", "CronJob"])("finds the pods of a %s", (kind) => {
  const spec = { containers: [{ name: "a", image: "b" }] };
  const template =
    kind === "Pod"
      ? spec
      : kind === "CronJob"
        ? { jobTemplate: { spec: { template: { spec } } } }
        : { template: { spec } };
  const text = JSON.stringify({ apiVersion: "x/v1", kind, metadata: { name: "n" }, spec: template });
  expect(injectSidecar(text, options)).toContain("muster-sidecar");
});

it("gives a restricted sidecar the pod's own ids, and says when there are none", () => {
  const restricted = { ...options, restricted: true };
  const pod = {
    kind: "Pod",
    metadata: { name: "n" },
    spec: { containers: [{ name: "a", securityContext: { runAsUser: 5, runAsGroup: 6 } }] },
  };
  const injected = parse(injectSidecar(JSON.stringify(pod), restricted));
  expect(injected.spec.initContainers[0].securityContext).toMatchObject({
    ...{ runAsUser: 5, runAsGroup: 6, runAsNonRoot: true, capabilities: { drop: ["ALL"] } },
  });
  expect(() => injectSidecar(deployment, restricted)).toThrow(/runAsUser and runAsGroup/);
});

it.each([
  ["kind: Service\n", /no pod template/],
  ["a: [", /not YAML/],
])("refuses %j", (manifests, why) => {
  expect(() => injectSidecar(manifests, options)).toThrow(why);
});
