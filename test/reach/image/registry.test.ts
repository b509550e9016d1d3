import { gzipSync, zstdCompressSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { RegistryContent } from "#embedded/registry/content.ts";
import { type EmbeddedRegistry, type RegistryOptions, startRegistry } from "#embedded/registry/registry.ts";
import { imageShell } from "#reach/image/image-shell.ts";
import { openImage } from "#reach/image/open-image.ts";
import { imageInRegistry } from "#reach/image/registry/image-in-registry.ts";
import { loginFor } from "#reach/image/registry/pull-secret.ts";
import { readReference } from "#reach/image/registry/reference.ts";
import { configFor } from "#test/support/image-of.ts";
import { file, tarOf } from "#test/support/tar-bytes.ts";

const oci = (kind: string) => `application/vnd.oci.image.${kind}+json`;
const login = { username: "scanner", password: "not:easy" };
const linux = { os: "linux", architecture: "amd64" };

/** One image of two layers for amd64 and another for arm64, under one index. */
function content() {
  const content = new RegistryContent();
  const manifestOf = (architecture: string) => {
    const tars = [
      tarOf([file("etc/os-release", "ID=below\n"), file("big", Buffer.alloc(300_000, "b"))]),
      tarOf([file("arch", architecture)]),
    ];
    const [below = Buffer.alloc(0), above = Buffer.alloc(0)] = tars;
    const config = content.putJson({ ...configFor(tars), architecture }, oci("config.v1"));
    const layers = [
      content.put(gzipSync(below), "application/vnd.oci.image.layer.v1.tar+gzip"),
      content.put(zstdCompressSync(above), "application/vnd.oci.image.layer.v1.tar+zstd"),
    ];
    const manifest = content.putJson(
      { schemaVersion: 2, mediaType: oci("manifest.v1"), config, layers },
      oci("manifest.v1"),
    );
    return { ...manifest, layers, config, platform: { os: "linux", architecture } };
  };
  const [arm, amd] = [manifestOf("arm64"), manifestOf("amd64")];
  const entries = [arm, amd].map(({ mediaType, digest, size, platform }) => ({ mediaType, digest, size, platform }));
  const index = content.putJson({ schemaVersion: 2, mediaType: oci("index.v1"), manifests: entries }, oci("index.v1"));
  return { content, index, amd };
}

let registry: EmbeddedRegistry | undefined;
afterEach(async () => {
  await registry?.close();
  registry = undefined;
});

async function scene(options: RegistryOptions = {}, secretFor = login) {
  const { content: held, index, amd } = content();
  const started = await startRegistry(held, options);
  registry = started;
  const auth = Buffer.from(`${secretFor.username}:${secretFor.password}`).toString("base64");
  const pullSecret = JSON.stringify({ auths: { [started.host]: { auth } } });
  const signal = AbortSignal.timeout(20_000);
  const open = async (digest = index.digest, platform = linux) => {
    const reference = `${started.host}/team/app:1@${digest}`;
    const parts = await imageInRegistry({ reference, platform, ...(options.login && { pullSecret }) }, signal);
    return openImage(parts, signal);
  };
  const arch = async (...args: Parameters<typeof open>) => {
    const shell = await imageShell(await open(...args));
    return Buffer.from((await shell.run("cat /arch")).stdout).toString();
  };
  return { held, index, amd, registry: started, open, arch };
}

describe("an image in a registry", () => {
  it("is the one for the node's platform, through an index, with gzip and zstd layers", async () => {
    const { arch } = await scene();
    expect(await arch()).toBe("amd64");
    expect(await arch(undefined, { os: "linux", architecture: "arm64" })).toBe("arm64");
    await expect(arch(undefined, { os: "linux", architecture: "s390x" })).rejects.toThrow(
      /nothing for linux\/s390x, only linux\/arm64, linux\/amd64/,
    );
  });

  it("is pulled with a token that the pull secret buys, and the password goes to the token server only", async () => {
    const { arch, registry } = await scene({ login });
    expect(await arch()).toBe("amd64");
    expect(registry.requests.filter(({ path }) => path === "/token")).toHaveLength(1);
  });

  it("goes on when a token has run out", async () => {
    const { arch } = await scene({ login, requestsPerToken: 2 });
    expect(await arch()).toBe("amd64");
  });

  it("is unreadable with a wrong password, after one try, and the cluster's credentials are not blamed", async () => {
    const { arch, registry } = await scene({ login }, { ...login, password: "wrong" });
    await expect(arch()).rejects.toMatchObject({
      ...{ code: "no-shell", retryable: false },
      message: expect.stringMatching(
        /^the container cannot be entered.* at its registry 127\S+: .*answers 401 for \/token/,
      ),
    });
    expect(registry.requests.map(({ path }) => path.replace(/sha256:.*/, ""))).toEqual([
      "/v2/team/app/manifests/",
      "/token",
    ]);
  });

  it("gives its credentials to nobody that it redirects to", async () => {
    const { arch, registry } = await scene({ login, redirectsBlobs: true });
    expect(await arch()).toBe("amd64");
    const elsewhere = registry.requests.filter(({ path }) => path.startsWith("/storage/"));
    expect(elsewhere.length).toBeGreaterThan(0);
    expect(elsewhere.some(({ authorized }) => authorized)).toBe(false);
  });

  it.each([true, false])("goes on where a stream broke (the registry knows ranges: %s)", async (ranges) => {
    const { open, amd, registry } = await scene({ ranges });
    const reads = await open(amd.digest);
    const before = registry.requests.length;
    registry.fail({ kind: "cut", afterBytes: 150 });
    const inode = reads.root.children?.get("big");
    if (inode === undefined) throw new Error("no file big");
    expect(Buffer.from(await reads.contents.read(inode)).equals(Buffer.alloc(300_000, "b"))).toBe(true);
    expect(registry.requests.slice(before).map(({ range }) => range)).toEqual([undefined, "bytes=150-"]);
  });

  it("waits as long as it is told to, and tries again", async () => {
    const { arch, registry } = await scene();
    registry.fail({ kind: "status", status: 429, retryAfter: "0.01" });
    registry.fail({ kind: "status", status: 503 });
    expect(await arch()).toBe("amd64");
  });

  it.each(["manifest", "config", "layer"] as const)(
    "that gives another %s than its digest names is not read",
    async (what) => {
      const { arch, held, amd } = await scene();
      const [layer] = amd.layers;
      const digest = { manifest: amd.digest, config: amd.config.digest, layer: layer?.digest ?? "" }[what];
      const bytes = held.find(digest)?.bytes ?? Buffer.alloc(0);
      const other = Buffer.from(bytes);
      other[other.length - 10] = (other[other.length - 10] ?? 0) ^ 1;
      held.tamper(digest, other);
      await expect(arch(amd.digest)).rejects.toMatchObject({ code: "no-shell", retryable: false });
    },
  );

  it("that is refused when it is read again is trouble of the image as well", async () => {
    const { open, amd, registry } = await scene();
    const reads = await open(amd.digest);
    for (let times = 0; times < 4; times += 1) registry.fail({ kind: "status", status: 429, retryAfter: "0.01" });
    const inode = reads.root.children?.get("big");
    if (inode === undefined) throw new Error("no file big");
    await expect(reads.contents.read(inode)).rejects.toMatchObject({ code: "connection-lost", retryable: true });
  });

  it("that is not there is an unreadable image, with the registry's words", async () => {
    const { arch } = await scene();
    await expect(arch(`sha256:${"0".repeat(64)}`)).rejects.toThrow(/404.*blob_unknown/);
  });
});

it("a registry that is not there is passing trouble of the image, and not of the API server", async () => {
  const gone = await startRegistry(new RegistryContent());
  await gone.close();
  const reference = `${gone.host}/team/app@sha256:${"0".repeat(64)}`;
  await expect(imageInRegistry({ reference, platform: linux }, AbortSignal.timeout(20_000))).rejects.toMatchObject({
    ...{ code: "connection-lost", retryable: true },
    message: expect.stringMatching(/its image cannot be had: at its registry 127\S+: .*no TCP connection/),
  });
});

it.each([
  "nginx",
  "nginx@sha256:1",
  "registry.test/app:1",
  `../x@sha256:${"0".repeat(64)}`,
  `registry.test/../x@sha256:${"0".repeat(64)}`,
])("%s is no image by digest", (text) => {
  expect(() => readReference(text)).toThrow(expect.objectContaining({ code: "bad-request" }));
});

it.each([
  ["docker.io/library/nginx", "library/nginx"],
  ["index.docker.io/nginx:1.25", "library/nginx"],
  ["registry-1.docker.io/team/app", "team/app"],
])("%s is at Docker Hub, whose API has a host of its own", (name, repository) => {
  const digest = `sha256:${"0".repeat(64)}`;
  const expected = { host: "docker.io", api: "registry-1.docker.io", repository, digest };
  expect(readReference(`${name}@${digest}`)).toEqual(expected);
});

describe("a pull secret", () => {
  const secret = JSON.stringify({
    auths: {
      "https://registry.test/v2/": { username: "all", password: "1" },
      "registry.test/team": { auth: Buffer.from("team:a:b").toString("base64") },
      "*.other.test": { username: "star", password: "2" },
    },
  });

  it.each([
    ["registry.test", "team/app", "team", "a:b"],
    ["registry.test", "app", "all", "1"],
    ["eu.other.test", "app", "star", "2"],
  ])("gives %s/%s the login %s", (host, repository, username, password) => {
    expect(loginFor(secret, host, repository)).toEqual({ username, password });
  });

  it.each(["https://index.docker.io/v1/", "docker.io", "registry-1.docker.io"])("for Docker Hub may say %s", (key) => {
    const hub = JSON.stringify({ auths: { [key]: { username: "hub", password: "3" } } });
    expect(loginFor(hub, "docker.io", "library/nginx")).toEqual({ username: "hub", password: "3" });
  });

  it("gives nothing to hosts that it does not name", () => {
    expect(loginFor(secret, "evil.test", "team/app")).toBeUndefined();
    expect(loginFor(secret, "a.b.other.test", "app")).toBeUndefined();
  });

  it("is not quoted when it cannot be read", () => {
    expect(() => loginFor('{"auths": "s3cret', "registry.test", "app")).toThrow(
      /^the pull secret is no \.dockerconfigjson$/,
    );
  });
});
