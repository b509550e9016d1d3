import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "tar";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { packProfile, unpackProfile } from "#audit/archive.ts";

const folder = mkdtempSync(join(tmpdir(), "muster-archive-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let source: string;
let count = 0;

beforeEach(() => {
  count += 1;
  source = join(folder, `source-${count}`);
  mkdirSync(join(source, "controls"), { recursive: true });
  writeFileSync(join(source, "inspec.yml"), "name: x\n");
  writeFileSync(join(source, "controls", "a.rb"), "control 'a'");
});

describe("a packed profile", () => {
  it("has bytes that depend on names and contents alone", async () => {
    const first = await packProfile(source);
    utimesSync(join(source, "inspec.yml"), 1, 1);
    expect(Buffer.from(await packProfile(source)).equals(Buffer.from(first))).toBe(true);
    writeFileSync(join(source, "controls", "a.rb"), "control 'b'");
    expect(Buffer.from(await packProfile(source)).equals(Buffer.from(first))).toBe(false);
  });

  it("unpacks to the same files, once for each content", async () => {
    const cache = join(folder, `cache-${count}`);
    const packed = await packProfile(source);
    const unpacked = await Promise.all([unpackProfile(packed, cache), unpackProfile(packed, cache)]);
    expect(unpacked[0]).toBe(unpacked[1]);
    expect(readFileSync(join(unpacked[0] ?? "", "controls", "a.rb"), "utf8")).toBe("control 'a'");
    expect(readdirSync(cache)).toHaveLength(1);
  });

  it("holds a file under each of its names", async () => {
    linkSync(join(source, "controls", "a.rb"), join(source, "controls", "b.rb"));
    const unpacked = await unpackProfile(await packProfile(source), join(folder, `cache-${count}`));
    expect(readFileSync(join(unpacked, "controls", "b.rb"), "utf8")).toBe("control 'a'");
  });

  it.each([
    ["a folder that is not there", () => packProfile(join(folder, "none")), "profile-unknown"],
    ["a folder without inspec.yml", () => packProfile(join(source, "controls")), "profile-invalid"],
    ["bytes that are no archive", () => unpackProfile(Buffer.from("nonsense"), join(folder, "c")), "profile-invalid"],
  ])("cannot come from %s", async (_what, make, code) => {
    await expect(make()).rejects.toMatchObject({ code });
  });

  it("never unpacks a link, which could lead out of its folder", async () => {
    symlinkSync("/etc/passwd", join(source, "controls", "link"));
    const chunks: Uint8Array[] = [];
    for await (const chunk of create({ cwd: source, gzip: true }, ["."])) chunks.push(chunk);
    const unpacked = await unpackProfile(Buffer.concat(chunks), join(folder, `links-${count}`));
    expect(readdirSync(join(unpacked, "controls"))).toEqual(["a.rb"]);
  });
});
