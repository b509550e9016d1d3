import { spawnSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { quote } from "#reach/quoting.ts";
import { asksLibrary } from "#test/reach/escape/ask.ts";

const root = mkdtempSync(join(tmpdir(), "muster-find-"));
const deep = `/deep${"/d".repeat(205)}`;

beforeAll(() => {
  for (const path of ["t/sub/.hidden", "t/we ird", "fits/x", deep]) mkdirSync(join(root, path), { recursive: true });
  const sizes = { none: 0, some: 1000, kilo: 1024, more: 1025, "sub/two": 2048, "sub/.hidden/big": 30 * 2 ** 20 };
  for (const [name, size] of Object.entries(sizes)) {
    writeFileSync(join(root, "t", name), "");
    truncateSync(join(root, "t", name), size);
  }
  const modes = { none: 0o4755, some: 0o2711, kilo: 0o777, more: 0o600, "sub/two": 0o6750 };
  for (const [name, mode] of Object.entries(modes)) chmodSync(join(root, "t", name), mode);
  symlinkSync("t", join(root, "to"));
  symlinkSync("some", join(root, "t/link"));
  const ago = (minutes: number) => Date.now() / 1000 - minutes * 60 - 30;
  utimesSync(join(root, "t/some"), ago(4), ago(4));
  utimesSync(join(root, "t/kilo"), ago(5), ago(5));
  utimesSync(join(root, "t/more"), ago(3 * 1440), ago(3 * 1440));
  writeFileSync(join(root, deep, "raised"), "");
  chmodSync(join(root, deep, "raised"), 0o4755);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** What GNU's find says of the same tree, in whatever order. */
function gnu(words: readonly string[]): readonly string[] {
  const { stdout, status } = spawnSync("find", [`${root}${words[0]}`, ...words.slice(1)], { encoding: "latin1" });
  return [String(status), ...stdout.replaceAll(root, "").split("\n").sort()];
}

function ours(words: readonly string[]): readonly string[] | undefined {
  const answer = asksLibrary(root, ["find", ...words.map(quote)].join(" "));
  return answer && [String(answer.status), ...answer.stdout.split("\n").sort()];
}

const tests = [
  ...[
    "-size +10M",
    "-size -1M",
    "-size 30M",
    "-size +29M",
    "-size -1k",
    "-size 1k",
    "-size -2k",
    "-size 2",
    "-size +2",
  ],
  ...["-size 0", "-size -0c", "-size 1G", "! -size 1k -type f", "-size +1000c", "-size 1000c", "-size -1w"],
  ...["-type f,d", "! -type d,l", "-type l", "-perm -4000", "-perm /6000", "-perm /0", "-perm -06000", "-perm 600"],
  ...["-perm -u+s", "-perm /u+s,g+s", "-perm -o+w", "-perm -ug=s", "-perm /a+x", "-perm u=rw", "-perm u=rw,u=r"],
  ...["-mmin 5", "-mmin +5", "-mmin -5", "-mmin 6", "-mmin +1", "-mtime +2", "-mtime -1", "-mtime 3"],
  ...["( -name *o* -o -size +1M ) ! -perm 777", "-name t", "-name t*", "-name .*", "-iname S*", "-name (", "-name -o"],
  ...["-not -type f -and -not -type d", "-type f -perm -4000 -o -perm -2000", "-name none -print -o -name some"],
  ...["-maxdepth 1", "-mindepth 2", "-maxdepth 1 -type f -mindepth 1", "-xdev -type f"],
];

describe("a find beside a target", () => {
  it.each(tests.flatMap((test) => ["/t", "/t/"].map((start) => `${start} ${test}`)))(
    "%s: finds what GNU's finds",
    (text) => {
      const words = text.split(" ");
      expect(ours(words)).toEqual(gnu(words));
    },
  );

  it.each([
    ...["-size +1T", "-size x", "-size +1.5M", "-mtime 0.5", "-mtime x", "-mmin +0", "-mmin 0", "-type x", "-type f,f"],
    ...["-type f,", "-type", "-perm +6000", "-perm 10000", "-perm u", "-perm -+x", "-perm -u+t", "-perm -o+s", "-size"],
    ...["!", "-a -type f", "-type f -o", "( -type f", "-type f )", "( )", "-o", "! -maxdepth 1 -type f", "-uid +0"],
  ])("%s: is not asked, since busybox would mean something else or nothing by it", (test) => {
    expect(ours(["/t", ...test.split(" ")])).toBeUndefined();
  });

  it("from the root is not asked for what a dot could be taken for", () => {
    expect(ours(["/", "-xdev", "-name", ".*"])).toBeUndefined();
    expect(ours(["/", "-xdev", "-name", "*.key"])).toBeDefined();
  });

  it.each(["/t/sub/..", "/t/.", "/to/"])("from %s is not asked for a name that may be that of the start", (start) => {
    expect(ours([start, "-name", "t*"])?.[0]).toBe("95");
    expect(ours([start, "-mindepth", "1", "-name", "s*"])).toEqual(gnu([start, "-mindepth", "1", "-name", "s*"]));
    expect(ours([start, "-type", "d"])).toEqual(gnu([start, "-type", "d"]));
  });

  it("never leaves out in silence what lies too deep for it", () => {
    expect(ours(["/deep", "-perm", "-4000"])?.[0]).toBe("95");
    expect(ours(["/", "-xdev", "-type", "f", "-perm", "-4000"])?.[0]).toBe("95");
    expect(ours(["/deep", "-maxdepth", "90", "-perm", "-4000"])).toEqual(["0", ""]);
    expect(ours([`/deep${"/d".repeat(10)}`, "-perm", "-4000"])).toEqual(["0", "", `${deep}/raised`]);
  });
});
