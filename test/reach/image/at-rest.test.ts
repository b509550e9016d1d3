import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { imageShell } from "#reach/image/image-shell.ts";
import { openImage } from "#reach/image/open-image.ts";
import { imageAtRest } from "#reach/image/stored/at-rest.ts";
import type { Wanted } from "#reach/image/stored/parts.ts";
import { configFor } from "#test/support/image-of.ts";
import { file, link, type Member, tarOf } from "#test/support/tar-bytes.ts";

const folder = mkdtempSync(join(tmpdir(), "image-at-rest-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const platform = { os: "linux", architecture: "amd64" };
const hex = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
const tar = tarOf([file("name", "here"), file("usr/share/big", Buffer.alloc(200_000, "b"))]);
const config = Buffer.from(JSON.stringify(configFor([tar])));

/** The blobs and index of an OCI layout. */
function layout(stored: Buffer): readonly Member[] {
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      config: { digest: `sha256:${hex(config)}`, size: config.length },
      layers: [{ digest: `sha256:${hex(stored)}`, size: stored.length }],
    }),
  );
  const index = {
    schemaVersion: 2,
    manifests: [{ digest: `sha256:${hex(manifest)}`, size: manifest.length, platform }],
  };
  const blob = (bytes: Buffer) => file(`blobs/sha256/${hex(bytes)}`, bytes);
  return [
    file("oci-layout", '{"imageLayoutVersion":"1.0.0"}'),
    file("index.json", JSON.stringify(index)),
    ...[config, stored, manifest].map(blob),
  ];
}

function saved(tags: readonly string[]): readonly Member[] {
  const images = tags.map((tag) => ({ Config: `${hex(config)}.json`, RepoTags: [tag], Layers: ["one/layer.tar"] }));
  return [
    file("manifest.json", JSON.stringify(images)),
    file(`./${hex(config)}.json`, config),
    file("two/layer.tar", tar),
    link("one/layer.tar", "../two/layer.tar"),
  ];
}

const written = (name: string, members: readonly Member[]) => {
  writeFileSync(join(folder, name), tarOf(members));
  return join(folder, name);
};

async function answers(path: string, wanted: Partial<Wanted> = {}) {
  const signal = AbortSignal.timeout(20_000);
  const image = await openImage(await imageAtRest(path, { platform, ...wanted }), signal);
  const shell = await imageShell(image);
  const { stdout } = await shell.run("cat /name; tail -n 1 /usr/share/big | wc -c");
  await shell.close();
  return { said: Buffer.from(stdout).toString(), passes: image.contents.passes };
}

describe("an image at rest", () => {
  it("is read from an archive of docker save, whose layers may be links; large files are read where they lie", async () => {
    expect(await answers(written("saved.tar", saved(["a:1"])))).toEqual({ said: "here200000\n", passes: 0 });
  });

  it("is read from a tar of an OCI layout; what is packed is passed over again for large files", async () => {
    expect(await answers(written("oci.tar", layout(gzipSync(tar))))).toEqual({ said: "here200000\n", passes: 1 });
  });

  it("is read from a folder in OCI layout", async () => {
    const path = join(folder, "layout");
    mkdirSync(join(path, "blobs/sha256"), { recursive: true });
    for (const { name, content = "" } of layout(tar)) writeFileSync(join(path, name), content);
    expect(await answers(path)).toEqual({ said: "here200000\n", passes: 0 });
  });

  it("is chosen by name or by its config's digest, and is never another one", async () => {
    const path = written("several.tar", saved(["a:1", "b:1"]));
    expect((await answers(path, { name: "b:1" })).said).toMatch(/^here/);
    expect((await answers(path, { digest: `sha256:${hex(config)}` })).said).toMatch(/^here/);
    await expect(answers(path)).rejects.toMatchObject({ code: "no-shell" });
    await expect(answers(path, { name: "c:1" })).rejects.toMatchObject({ code: "no-shell" });
    await expect(answers(path, { name: "a:1", digest: `sha256:${"0".repeat(64)}` })).rejects.toMatchObject({
      code: "no-shell",
    });
  });

  it("cannot lead its reader to files of this machine", async () => {
    const path = join(folder, "leads-out");
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, "manifest.json"), JSON.stringify([{ Config: "../../etc/passwd", Layers: [] }]));
    await expect(answers(path)).rejects.toThrow(/lacks \.\.\/\.\.\/etc\/passwd/);
  });

  it("that may not be read says so", async () => {
    const path = written("closed.tar", saved(["a:1"]));
    chmodSync(folder, 0o755);
    chmodSync(path, 0);
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65534); // root reads everything
    try {
      await expect(answers(path)).rejects.toMatchObject({
        ...{ code: "no-shell", retryable: false },
        message: expect.stringMatching(/closed\.tar cannot be opened \(EACCES/),
      });
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  it.each(["index.json", "manifest.json", `blobs/sha256/${hex(config)}`])(
    "with a folder as %s is unreadable",
    async (name) => {
      const path = mkdtempSync(join(folder, "folder-in-"));
      mkdirSync(join(path, "blobs/sha256"), { recursive: true });
      for (const each of layout(tar)) if (each.name !== name) writeFileSync(join(path, each.name), each.content ?? "");
      if (name === "manifest.json") rmSync(join(path, "index.json"));
      mkdirSync(join(path, name));
      await expect(answers(path)).rejects.toMatchObject({ code: "no-shell", retryable: false });
    },
  );

  it("that is neither a file nor a folder is never opened: a pipe would wait for its writer", async () => {
    const path = join(folder, "socket");
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    await expect(answers(path)).rejects.toThrow(/socket is neither a file nor a folder/);
    await new Promise((resolve) => server.close(resolve));
  });

  it.each(["nothing.tar", "empty.tar"])("%s holds no image", async (name) => {
    if (name === "empty.tar") written(name, []);
    await expect(answers(join(folder, name))).rejects.toMatchObject({ code: "no-shell", retryable: false });
  });
});
