import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { ScanError } from "#contract/errors.ts";
import { applyEntry } from "#reach/image/apply.ts";
import { imageLimits } from "#reach/image/limits.ts";
import { openImage } from "#reach/image/open-image.ts";
import { emptyRoot } from "#reach/image/tree.ts";
import { configFor, layerOf, shellOver } from "#test/support/image-of.ts";
import { dir, file, hardlink, link, tarOf } from "#test/support/tar-bytes.ts";

const open = (layer: ReturnType<typeof layerOf>, tar: Buffer, limits = {}) =>
  openImage(
    { name: "test", config: configFor([tar]), layers: [layer], close: async () => undefined },
    AbortSignal.timeout(20_000),
    { ...imageLimits, ...limits },
  );

const broken = { code: "no-shell", retryable: false };

it.each([
  ["a path above the root", [file("../../etc/passwd", "x")]],
  ["a path that goes up from inside", [file("a/../../x", "x")]],
  ["a hard link to what is not in it", [hardlink("shadow", "../../../etc/shadow")]],
  ["a hard link to a folder", [dir("d"), hardlink("e", "d")]],
  ["a whiteout of no name", [file("d/.wh...", "")]],
  ["a folder behind a file", [file("f", "x"), file("f/g", "x")]],
  ["links that go round where a folder is to be", [link("a", "b"), link("b", "a"), file("a/x", "x")]],
  ["a type that no runtime unpacks", [file("v", "", { flag: "V" })]],
  ["a name longer than can be", [file("x", "", { pax: { path: "n".repeat(256) } })]],
  ["an extended header without an end", [file("x", "", { flag: "x", content: "99 path=x\n" })]],
])("%s makes an image unreadable, and nothing else", async (_what, members) => {
  await expect(shellOver([members])).rejects.toMatchObject(broken);
});

it("devices are there as what they are, and are never opened", async () => {
  const { ask } = await shellOver([
    [
      { name: "zero", flag: "3" },
      { name: "disk", flag: "4" },
      { name: "pipe", flag: "6" },
    ],
  ]);
  expect((await ask("test -c /zero && test -b /disk && test -p /pipe && echo so")).stdout).toBe("so\n");
  await expect(ask("cat /zero")).rejects.toMatchObject({ code: "no-shell" });
});

it("an archive that unpacks to more than is allowed is too large, before it has been unpacked", async () => {
  const tar = tarOf([file("zeros", Buffer.alloc(8 * 2 ** 20))]);
  const stored = gzipSync(tar);
  expect(stored.length).toBeLessThan(50_000);
  await expect(open(layerOf(tar, stored), tar, { unpackedBytes: 2 ** 20 })).rejects.toMatchObject({
    code: "too-large",
  });
});

it("more entries than are allowed are too many", async () => {
  const tar = tarOf(Array.from({ length: 20 }, (_, at) => file(`f${at}`)));
  await expect(open(layerOf(tar), tar, { entries: 19 })).rejects.toMatchObject({ code: "too-large" });
});

it("folders that no entry names count as well", async () => {
  const tar = tarOf([file("x", "", { pax: { path: `${"d/".repeat(1000)}x` } })]);
  await expect(open(layerOf(tar), tar, { entries: 1000 })).rejects.toMatchObject({ code: "too-large" });
  await expect(open(layerOf(tar), tar, { entries: 1001 })).resolves.toBeDefined();
});

it("headers for all members that follow are read past, as containerd reads past them", async () => {
  const all = file("pax_global_header", "17 path=etc/evil\n12 uid=1000\n", { flag: "g" });
  const { ask } = await shellOver([[all, file("etc/good", "x")]]);
  expect((await ask("stat -c '%n %u' /etc/good && ls /etc")).stdout).toBe(
    "/etc/good 0\ngood\nhostname\nhosts\nresolv.conf\n",
  );
});

it.each([
  ["headers", file("g", "12 uid=1000\n", { flag: "g" })],
  ["small files", file("f")],
])("an image of endless %s is read no longer than it is wanted", async (_what, member) => {
  const stop = new AbortController();
  const block = tarOf([member], false);
  async function* open() {
    for (let at = 0; ; at += 1) {
      if (at === 1000) stop.abort(new ScanError("deadline", "late"));
      if (at === 10_000) throw new Error("read on");
      yield block;
    }
  }
  const parts = { name: "test", config: configFor([block]), layers: [{ ...layerOf(block), open }] };
  const opened = openImage({ ...parts, close: async () => undefined }, stop.signal);
  await expect(opened).rejects.toMatchObject({ code: "deadline" });
});

it("a hundred thousand entries are read", async () => {
  const tar = tarOf(Array.from({ length: 100_000 }, (_, at) => file(`d${at % 100}/f${at}`)));
  const { root } = await open(layerOf(tar, gzipSync(tar, { level: 1 })), tar);
  expect([...(root.children?.values() ?? [])].reduce((sum, { children }) => sum + (children?.size ?? 0), 0)).toBe(
    100_000,
  );
});

it("a find that would print gigabytes of long paths is not answered", async () => {
  const folder = "d/".repeat(2000);
  const files = Array.from({ length: 9000 }, (_, at) => file("x", "", { pax: { path: `${folder}${at}` } }));
  const { ask } = await shellOver([files]);
  await expect(ask("find /d -type f")).rejects.toMatchObject({ code: "no-shell" });
});

it.each([0.1, 0.5, 0.99])("a gzip that ends after %s of it is unreadable", async (part) => {
  const tar = tarOf([file("x", Buffer.from(Array.from({ length: 30_000 }, (_, at) => (at * at) % 251)))]);
  const whole = gzipSync(tar);
  await expect(open(layerOf(tar, whole.subarray(0, whole.length * part)), tar)).rejects.toMatchObject(broken);
});

it("a tar that ends in the middle of a file is unreadable", async () => {
  const tar = tarOf([file("x", "y".repeat(2000))], false).subarray(0, 1500);
  await expect(open(layerOf(tar), tar)).rejects.toMatchObject(broken);
});

it("bytes that do not have their digest are unreadable, packed or not", async () => {
  const tar = tarOf([file("x", "good")]);
  const other = tarOf([file("x", "evil")]);
  await expect(open({ ...layerOf(tar), open: layerOf(other).open }, tar)).rejects.toMatchObject(broken);
  await expect(open({ ...layerOf(tar), digest: undefined, open: layerOf(other).open }, tar)).rejects.toMatchObject(
    broken,
  );
});

it("bytes behind the end of the archive count for the digest", async () => {
  const tar = tarOf([file("x", "good")]);
  const longer = Buffer.concat([tar, Buffer.from("more")]);
  await expect(open({ ...layerOf(tar), open: layerOf(longer).open }, tar)).rejects.toMatchObject(broken);
});

it("a header that was changed is not believed", () => {
  const tar = tarOf([file("x", "good")]);
  tar[0] = 0x79;
  return expect(open(layerOf(tar), tar)).rejects.toMatchObject(broken);
});

it("an entry that names the root changes nothing", () => {
  const root = emptyRoot();
  const entry = {
    type: "directory",
    name: "./",
    link: "",
    mode: 0,
    uid: 7,
    gid: 7,
    mtime: 0,
    sizeBytes: 0,
    offset: 0,
    sparse: false,
  } as const;
  expect(applyEntry(root, entry, 0)).toBeUndefined();
  expect(root).toEqual(emptyRoot());
});
