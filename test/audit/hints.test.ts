import { describe, expect, test } from "vitest";
import { questionOf, textOf } from "#audit/ahead/question.ts";
import { type HintList, merged, rememberedFrom } from "#audit/hints/hint-list.ts";
import { type HintScope, hintsKey, recall, remember } from "#audit/hints/hints.ts";
import type { ObjectStore, StoredObject } from "#contract/objects.ts";

const asked = (...commands: readonly string[]) =>
  commands.map((text) => ({ ...questionOf(Buffer.from(text), undefined), elapsedMs: 3, sizeBytes: 10 }));
const scans = (...all: readonly (readonly string[])[]) =>
  all.reduce<HintList | undefined>((list, commands) => merged(list, asked(...commands)), undefined) ??
  merged(undefined, []);
const commandsOf = (list: HintList) => list.commands.map(({ command }) => command);

describe("what is remembered of a profile on a platform", () => {
  test("keeps the newest order, and what the newest scan left out keeps its place behind its neighbour", () => {
    expect(commandsOf(scans(["a", "b", "c"], ["a", "c", "d"]))).toEqual(["a", "b", "c", "d"]);
    expect(commandsOf(scans(["a", "b"], ["b", "a"]))).toEqual(["b", "a"]);
  });

  test("forgets what twenty scans did not ask", () => {
    const list = scans(["once", "a"], ...Array.from({ length: 19 }, () => ["a"]));
    expect(commandsOf(list)).toEqual(["once", "a"]);
    expect(commandsOf(merged(list, asked("a")))).toEqual(["a"]);
  });

  test("sends what the last scan asked, or at least every second one", () => {
    const list = scans(["a", "often", "rare"], ["a", "often"], ["a", "often"], ["a"]);
    expect(rememberedFrom(list).map(textOf)).toEqual(["a", "often"]);
  });

  test("calls unconditional what every scan since its first has asked", () => {
    const list = scans(["a", "b"], ["a"], ["a", "b", "new"]);
    const unconditional = rememberedFrom(list).map((each) => [textOf(each), each.unconditional]);
    expect(unconditional).toEqual([
      ["a", true],
      ["b", false],
      ["new", true],
    ]);
  });

  test("sends nothing ahead whose output is too large to be kept", () => {
    const large = merged(
      undefined,
      asked("cat /big").map((each) => ({ ...each, sizeBytes: 5 * 1024 * 1024 })),
    );
    expect(rememberedFrom(large)).toEqual([]);
  });

  test("sends no more ahead than can be kept together", () => {
    const files = Array.from({ length: 30 }, (_, index) => `cat /big/${index}`);
    const large = asked(...files).map((each) => ({ ...each, sizeBytes: 3 * 1024 * 1024 }));
    const sent = rememberedFrom(merged(undefined, [...large, ...asked("uname -s")])).map(textOf);
    expect(sent).toEqual([...files.slice(0, 21), "uname -s"]);
  });

  test("bytes that are no text are not remembered, and the list has an end", () => {
    const odd = { ...questionOf(Buffer.from([0x63, 0xff]), undefined), elapsedMs: 1, sizeBytes: 1 };
    expect(merged(undefined, [odd]).commands).toEqual([]);
    const many = asked(...Array.from({ length: 5000 }, (_, index) => `cat /etc/${index}`));
    expect(merged(undefined, many).commands).toHaveLength(4000);
  });
});

/** Objects in memory; `between` is called before each conditional write, as another writer would be. */
function memory(between: () => Promise<void> = async () => undefined) {
  const objects = new Map<string, StoredObject>();
  let version = 0;
  const store: Pick<ObjectStore, "read" | "replace"> & ObjectStore = {
    create: async () => "exists",
    list: async () => [...objects.keys()],
    read: async (key) => objects.get(key),
    async replace(key, bytes, _options, etag) {
      await between();
      if (objects.get(key)?.etag !== etag) return "changed";
      objects.set(key, { bytes, etag: String(++version) });
      return "replaced";
    },
  };
  return {
    store,
    objects,
    put: (key: string, text: string) => objects.set(key, { bytes: Buffer.from(text), etag: String(++version) }),
  };
}

describe("hints in the bucket", () => {
  const scope: HintScope = { profile: "p".repeat(64), inputs: undefined, manner: [] };
  const scanned = (image: string, platform: string, ...commands: readonly string[]) => ({
    ...{ image, platform, asked: asked(...commands) },
  });

  test("an image is given what its platform asked; a new image what was asked most", async () => {
    const { store } = memory();
    await remember(store, scope, scanned("sha256:d", "debian/12/shell", "dpkg -s x"));
    await remember(store, scope, scanned("sha256:e", "debian/12/shell", "dpkg -s x"));
    await remember(store, scope, scanned("sha256:a", "alpine/3.20/shell", "apk info"));
    expect((await recall(store, scope, "sha256:a")).map(textOf)).toEqual(["apk info"]);
    expect((await recall(store, scope, "sha256:d")).map(textOf)).toEqual(["dpkg -s x"]);
    expect((await recall(store, scope, "sha256:new")).map(textOf)).toEqual(["dpkg -s x"]);
  });

  test("other inputs, other options and another profile have hints of their own", async () => {
    const { store } = memory();
    await remember(store, scope, scanned("sha256:d", "debian/12/shell", "uname"));
    for (const other of [{ inputs: "i".repeat(64) }, { profile: "q".repeat(64) }, { manner: ["container"] }]) {
      expect(await recall(store, { ...scope, ...other }, "sha256:d")).toEqual([]);
    }
  });

  test("two writers at once lose nothing", async () => {
    let racing = true;
    const { store } = memory(async () => {
      if (!racing) return;
      racing = false;
      await remember(store, scope, scanned("sha256:b", "debian/12/shell", "uname"));
    });
    await remember(store, scope, scanned("sha256:a", "alpine/3/shell", "apk info"));
    expect((await recall(store, scope, "sha256:a")).map(textOf)).toEqual(["apk info"]);
    expect((await recall(store, scope, "sha256:b")).map(textOf)).toEqual(["uname"]);
  });

  test.each(["not JSON", '{"schemaVersion":2}', '{"schemaVersion":1,"platforms":{"x":3},"images":{}}'])(
    "hints that are %s are as if there were none, and are written anew",
    async (text) => {
      const { store, put } = memory();
      put(hintsKey(scope), text);
      expect(await recall(store, scope, "sha256:a")).toEqual([]);
      await remember(store, scope, scanned("sha256:a", "debian/12/shell", "uname"));
      expect((await recall(store, scope, "sha256:a")).map(textOf)).toEqual(["uname"]);
    },
  );
});
