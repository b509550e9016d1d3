import { KubeConfig } from "@kubernetes/client-node";
import { type Connection, connect } from "#cluster/connection.ts";
import { type TlsServer, tlsServer } from "#test/support/tls-server.ts";

/** An API server that knows pods and nothing else; one serves all runs. */
export interface Place {
  readonly connection: Connection;
  /** How another process reaches the server: a kubeconfig as JSON. */
  readonly kubeconfig: string;
  /** Pods of a namespace from now on, by name; each has one container, `main`. Default: no `managedFields`. */
  setPods(namespace: string, names: readonly string[], managedFields?: readonly object[]): void;
  /** How long each answer takes. Default 0. */
  delayMs: number;
  close(): Promise<void>;
}

export async function startPlace(): Promise<Place> {
  const pods = new Map<string, { readonly names: readonly string[]; readonly managedFields: readonly object[] }>();
  const place = { delayMs: 0 };
  const server: TlsServer = await tlsServer({
    answer(request, response) {
      const url = new URL(request.url ?? "/", "https://localhost");
      const [, within = "", name = ""] = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)$/.exec(url.pathname) ?? [];
      if (name !== "") {
        const { names, managedFields } = pods.get(within) ?? { names: [], managedFields: [] };
        const known = names.includes(name);
        const one = known
          ? pod(within, name, managedFields)
          : { kind: "Status", apiVersion: "v1", status: "Failure", reason: "NotFound" };
        response.writeHead(known ? 200 : 404, { "content-type": "application/json" }).end(JSON.stringify(one));
        return;
      }
      const namespace = /^\/api\/v1\/namespaces\/([^/]+)\/pods$/.exec(url.pathname)?.[1] ?? "";
      const { names: all, managedFields } = pods.get(namespace) ?? { names: [], managedFields: [] };
      const from = Number(url.searchParams.get("continue") ?? 0);
      const until = from + Number(url.searchParams.get("limit") ?? all.length);
      const body = JSON.stringify({
        ...{ apiVersion: "v1", kind: "PodList" },
        metadata: until < all.length ? { continue: String(until) } : {},
        items: all.slice(from, until).map((name) => pod(namespace, name, managedFields)),
      });
      setTimeout(() => response.writeHead(200, { "content-type": "application/json" }).end(body), place.delayMs);
    },
  });
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    {
      ...{ name: "prod", server: `https://127.0.0.1:${server.port}`, skipTLSVerify: false },
      caData: Buffer.from(server.certificates.ca).toString("base64"),
    },
    { name: "scanner", token: "none" },
  );
  const connection = connect("prod", config);
  return Object.assign(place, {
    connection,
    kubeconfig: config.exportConfig(),
    setPods: (namespace: string, names: readonly string[], managedFields: readonly object[] = []) =>
      void pods.set(namespace, { names, managedFields }),
    async close() {
      connection.close();
      await server.close();
    },
  });
}

const digest = `sha256:${"a".repeat(64)}`;

function pod(namespace: string, name: string, managedFields: readonly object[]) {
  const image = "registry.test/shop/web:1.27.3";
  return {
    metadata: {
      ...{ namespace, name, uid: `uid-${namespace}-${name}`, managedFields },
      ownerReferences: [
        { apiVersion: "apps/v1", kind: "ReplicaSet", name: "web-5d8f7c9b4d", controller: true, uid: "u" },
      ],
    },
    spec: { nodeName: "node-1", containers: [{ name: "main", image }] },
    status: {
      phase: "Running",
      containerStatuses: [
        {
          ...{ name: "main", image, imageID: `registry.test/shop/web@${digest}`, restartCount: 0 },
          ...{ containerID: `containerd://${name}`, state: { running: {} } },
        },
      ],
    },
  };
}
