import type { V1Pod, V1PodSpec } from "@kubernetes/client-node";
import { afterEach, describe, expect, it } from "vitest";
import { containersOf } from "#cluster/containers.ts";
import { RegistryContent } from "#embedded/registry/content.ts";
import { type EmbeddedRegistry, startRegistry } from "#embedded/registry/registry.ts";
import { imageReference } from "#reach/image/named-by-node.ts";
import { throughImage } from "#reach/image/through-image.ts";
import { configFor } from "#test/support/image-of.ts";
import { file, tarOf } from "#test/support/tar-bytes.ts";

const oci = (kind: string) => `application/vnd.oci.image.${kind}+json`;

/** An index of one image for each architecture, and of a note on how they were built. */
function indexOf(architectures: readonly string[]) {
  const content = new RegistryContent();
  const manifests = architectures.map((architecture) => {
    const tar = tarOf([file("arch", architecture)]);
    const config = content.putJson({ ...configFor([tar]), architecture }, oci("config.v1"));
    const layers = [content.put(tar, "application/vnd.oci.image.layer.v1.tar")];
    const manifest = content.putJson({ schemaVersion: 2, config, layers }, oci("manifest.v1"));
    return { ...manifest, platform: { os: "linux", architecture } };
  });
  const note = {
    ...content.put(Buffer.from("{}"), oci("manifest.v1")),
    platform: { os: "unknown", architecture: "unknown" },
  };
  const index = content.putJson({ schemaVersion: 2, manifests: [...manifests, note] }, oci("index.v1"));
  return { content, digest: index.digest };
}

let registry: EmbeddedRegistry | undefined;
afterEach(async () => {
  await registry?.close();
  registry = undefined;
});

/** A pod as its node tells of it. */
function podOf(image: string, imageID: string, spec: Partial<V1PodSpec> = {}): V1Pod {
  const status = { name: "app", image, imageID, ready: true, restartCount: 0, containerID: "containerd://1" };
  return {
    metadata: { name: "web", namespace: "shop", uid: "1" },
    spec: { containers: [{ name: "app", image }], ...spec },
    status: { containerStatuses: [status] },
  };
}

function targetIn(pod: V1Pod) {
  const [found] = containersOf("demo", pod, ["containers"]);
  if (found === undefined) throw new Error("no container");
  return found.target;
}

async function archOf(architectures: readonly string[], spec: Partial<V1PodSpec>, node?: string) {
  const { content, digest } = indexOf(architectures);
  const started = await startRegistry(content);
  registry = started;
  // The pod says less than the node knows.
  const pod = podOf("app:1", `${started.host}/team/app@${digest}`, spec);
  const shell = await throughImage(targetIn(pod), pod, [], {
    ...{ images: { kind: "registry" }, signal: AbortSignal.timeout(20_000) },
    architecture: async () => node,
  });
  const { stdout } = await shell.run("cat /arch; uname -m");
  return Buffer.from(stdout).toString();
}

const requiring = (...terms: readonly (readonly string[])[]): Partial<V1PodSpec> => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: terms.map((values) => ({
          matchExpressions:
            values.length === 0 ? [] : [{ key: "kubernetes.io/arch", operator: "In", values: [...values] }],
        })),
      },
    },
  },
});
const selecting = (arch: string): Partial<V1PodSpec> => ({ nodeSelector: { "kubernetes.io/arch": arch } });

describe("of an image for several architectures", () => {
  it.each([
    ["selects nodes of arm64", selecting("arm64"), "arm64aarch64\n"],
    ["selects nodes of amd64", selecting("amd64"), "amd64x86_64\n"],
    ["requires nodes of arm64", requiring(["arm64"]), "arm64aarch64\n"],
    ["requires nodes of arm64 in each of its terms", requiring(["arm64"], ["arm64"]), "arm64aarch64\n"],
  ])("a pod that %s runs that one", async (_what, spec, answer) => {
    expect(await archOf(["amd64", "arm64"], spec)).toBe(answer);
  });

  it.each([
    ["says nothing", {}],
    ["may go to either", requiring(["amd64", "arm64"])],
    ["may go to arm64, or elsewhere", requiring(["arm64"], [])],
  ])("none is looked at where the pod %s", async (_what, spec) => {
    await expect(archOf(["amd64", "arm64"], spec)).rejects.toMatchObject({
      ...{ code: "no-shell", retryable: false },
      message: expect.stringMatching(/linux\/amd64, linux\/arm64.*nodeSelector of kubernetes\.io\/arch/),
    });
  });
});

it("the node's own word decides where the pod says nothing, and its own where it does", async () => {
  expect(await archOf(["amd64", "arm64"], {}, "arm64")).toBe("arm64aarch64\n");
  await registry?.close();
  expect(await archOf(["amd64", "arm64"], selecting("amd64"), "arm64")).toBe("amd64x86_64\n");
});

it("an image for one architecture needs no word of the pod", async () => {
  expect(await archOf(["arm64"], {})).toBe("arm64aarch64\n");
});

const digest = `sha256:${"1".repeat(64)}`;
it.each([
  ["nginx:1.25", `docker.io/library/nginx@${digest}`, `docker.io/library/nginx@${digest}`],
  ["nginx", `docker-pullable://nginx@${digest}`, `docker.io/nginx@${digest}`],
  ["eu.test/a:1", `docker-pullable://eu.test/a@${digest}`, `eu.test/a@${digest}`],
  ["short:1", `localhost:5000/a/b@${digest}`, `localhost:5000/a/b@${digest}`],
  ["registry.test/a:1", digest, `registry.test/a:1@${digest}`],
  [`registry.test/a@sha256:${"2".repeat(64)}`, `docker://${digest}`, `registry.test/a@${digest}`],
])("%s that its node has as %s is at %s", (image, imageID, reference) => {
  const pod = podOf(image, imageID);
  expect(imageReference(targetIn(pod), pod)).toBe(reference);
});

it("an image that neither pod nor node names the registry of cannot be read", () => {
  const pod = podOf("app:1", digest);
  expect(() => imageReference(targetIn(pod), pod)).toThrow(
    /shop\/web.*neither pod nor node names the registry of "app:1"/,
  );
});
