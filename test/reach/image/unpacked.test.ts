import { randomBytes } from "node:crypto";
import { constants, gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { unpacked } from "#reach/image/unpacked.ts";
import { layerOf } from "#test/support/image-of.ts";

const content = Buffer.concat([Buffer.alloc(400_000, "a"), randomBytes(300_000), Buffer.from("end")]);
const pieces = [content.subarray(0, 250_000), content.subarray(250_000, 600_000), content.subarray(600_000)];
const skippable = Buffer.concat([Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 5, 0, 0, 0]), Buffer.from("notes")]);
const checked = { params: { [constants.ZSTD_c_checksumFlag]: 1 } };
const frames = pieces.map((piece, at) => zstdCompressSync(piece, at === 1 ? checked : {}));

/** What comes out of the bytes when they arrive in chunks of a size, each in the same memory. */
async function read(stored: Buffer, chunkBytes: number) {
  let closed = false;
  async function* open() {
    const chunk = Buffer.alloc(chunkBytes);
    try {
      for (let at = 0; at < stored.length; at += chunkBytes) {
        yield chunk.subarray(0, stored.copy(chunk, 0, at, at + chunkBytes));
        chunk.fill(0xee);
      }
    } finally {
      closed = true;
    }
  }
  const out: Buffer[] = [];
  const stream = unpacked({ ...layerOf(content, stored), open }, AbortSignal.timeout(20_000));
  const error = await (async () => {
    for await (const piece of stream) out.push(Buffer.from(piece));
  })().catch((thrown: unknown) => thrown);
  return { out: Buffer.concat(out), error, closed };
}

describe("a layer", () => {
  it.each([
    ["plain", content],
    ["one gzip", gzipSync(content)],
    ["several gzips", Buffer.concat(pieces.map((piece) => gzipSync(piece)))],
    ["one zstd frame", zstdCompressSync(content)],
    ["several zstd frames", Buffer.concat(frames)],
    [
      "zstd frames with others between and around them that are skipped",
      Buffer.concat([skippable, ...frames, skippable]),
    ],
    ["an empty zstd frame, and one with content", Buffer.concat([zstdCompressSync(""), zstdCompressSync(content)])],
  ])("that is %s comes out whole, whatever its chunks", async (_what, stored) => {
    for (const chunkBytes of [1009, 65_536, 2_000_000]) {
      const { out, error, closed } = await read(stored, chunkBytes);
      expect(error).toBeUndefined();
      expect(out.equals(content)).toBe(true);
      expect(closed).toBe(true);
    }
  });

  it("is told by its first bytes, even when they come one by one", async () => {
    const small = Buffer.concat([zstdCompressSync("a"), zstdCompressSync("b")]);
    const { out } = await read(small, 1);
    expect(out.toString()).toBe("ab");
  });

  const broken = Buffer.from(frames[1] ?? []);
  broken.fill(0x55, 20, 3000);
  it.each([
    ["a zstd frame that is cut", Buffer.concat(frames).subarray(0, -5)],
    ["a skippable frame that is cut", skippable.subarray(0, -1)],
    ["something else behind a zstd frame", Buffer.concat([...frames, Buffer.from("more")])],
    ["broken content", Buffer.concat([broken, Buffer.alloc(200_000)])],
    ["a broken gzip", Buffer.concat([gzipSync(content).subarray(0, 500), Buffer.alloc(200_000)])],
  ])("with %s is unreadable, and its source is closed", async (_what, stored) => {
    const { error, closed } = await read(stored, 1009);
    expect(error).toMatchObject({ code: "no-shell", retryable: false });
    expect(closed).toBe(true);
  });
});
