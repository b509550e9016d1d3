import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { createWriteStream, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { configFor } from "#test/support/image-of.ts";
import { dir, file, tarOf } from "#test/support/tar-bytes.ts";
import { executorNodeOptions } from "../../../infra/derived.ts";
import type { Row } from "../row.ts";

const bar = 256;
const gibibyte = 2 ** 30;

/**
 * Peak memory of a process of its own that opens an image of 1 GiB (50,000 small files and many of 4 MiB, in one gzip
 * layer) and answers questions about small and large files, among them one that has to be read again.
 */
export async function imageMemory(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "muster-image-"));
  try {
    await writeLayout(folder);
    const script = new URL("./open-large-image.ts", import.meta.url).pathname;
    const peaks = [1, 2, 3, 4, 5].map(() => {
      const child = spawnSync(process.execPath, [executorNodeOptions, script, folder], { encoding: "utf8" });
      if (child.status !== 0) throw new Error(`the image was not read: ${child.stderr}`);
      return Math.round(Number(child.stdout) / 1024);
    });
    const [min = 0, , value = 0, , max = 0] = peaks.sort((a, b) => a - b);
    const what = `peak memory of a process with the executor's ${executorNodeOptions} that answers from an image of 1 GiB`;
    return [{ id: "image-memory", what, value, unit: "MiB", bar: `≤ ${bar}`, holds: max <= bar, spread: { min, max } }];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function* members(): Generator<Buffer> {
  yield tarOf([dir("opt"), file("etc/os-release", "ID=large\n")], false);
  for (let at = 0; at < 50_000; at += 1)
    yield tarOf([file(`opt/d${at % 500}/small${at}`, `${at}\n`.repeat(40))], false);
  // What compresses neither well nor badly, as programs do.
  const piece = Buffer.from(Array.from({ length: 4 * 2 ** 20 }, (_, at) => ((at * 2654435761) >>> 20) & 0x3f));
  for (let written = 0, at = 0; written < gibibyte; written += piece.length, at += 1)
    yield tarOf([file(`opt/large${at}`, piece)], false);
  yield Buffer.alloc(1024);
}

async function writeLayout(folder: string): Promise<void> {
  const unpacked = createHash("sha256");
  const stored = createHash("sha256");
  const part = join(folder, "layer");
  let size = 0;
  await pipeline(
    Readable.from(watched(members(), (chunk) => unpacked.update(chunk))),
    createGzip({ level: 1 }),
    (chunks: AsyncIterable<Buffer>) =>
      watchedStream(chunks, (chunk) => {
        stored.update(chunk);
        size += chunk.length;
      }),
    createWriteStream(part),
  );
  const diffId = `sha256:${unpacked.digest("hex")}`;
  const config = Buffer.from(JSON.stringify({ ...configFor([]), rootfs: { diff_ids: [diffId] } }));
  const layer = { digest: `sha256:${stored.digest("hex")}`, size };
  const manifest = Buffer.from(
    JSON.stringify({ config: { digest: digestOf(config), size: config.length }, layers: [layer] }),
  );
  mkdirSync(join(folder, "blobs/sha256"), { recursive: true });
  const blob = (digest: string) => join(folder, "blobs", digest.replace(":", "/"));
  renameSync(part, blob(layer.digest));
  writeFileSync(blob(digestOf(config)), config);
  writeFileSync(blob(digestOf(manifest)), manifest);
  const entry = { digest: digestOf(manifest), size: manifest.length, platform: { os: "linux", architecture: "amd64" } };
  writeFileSync(join(folder, "index.json"), JSON.stringify({ schemaVersion: 2, manifests: [entry] }));
}

const digestOf = (bytes: Buffer) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

function* watched(chunks: Iterable<Buffer>, see: (chunk: Buffer) => void): Generator<Buffer> {
  for (const chunk of chunks) {
    see(chunk);
    yield chunk;
  }
}

async function* watchedStream(chunks: AsyncIterable<Buffer>, see: (chunk: Buffer) => void): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    see(chunk);
    yield chunk;
  }
}
