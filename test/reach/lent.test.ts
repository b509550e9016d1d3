import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inFindsWords } from "#reach/toolbox/find-words.ts";
import { wasMisunderstood } from "#reach/toolbox/misunderstood.ts";
import { standIns } from "#reach/toolbox/stand-ins.ts";

const busybox = "/bin/busybox";
const lent = new Set(spawnSync(busybox, ["--list"], { encoding: "utf8" }).stdout.split("\n").filter(Boolean));
const folder = mkdtempSync(join(tmpdir(), "muster-lent-"));
writeFileSync(join(folder, "a"), "one\ntwo\nthree");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (script: string, cwd = folder) => {
  const { status, stdout, stderr } = spawnSync(busybox, ["sh", "-c", script], { cwd });
  return { exitCode: status ?? -1, stdout, stderr, truncated: false, elapsedMs: 0 };
};
const before = (command: string, own: ReadonlyMap<string, string> = new Map()) =>
  standIns(command, { own, lent }, 1, "no such id");
const asked = (command: string, cwd = folder) => {
  const answer = run(before(command) + command, cwd);
  return { ...answer, misunderstood: wasMisunderstood(answer, before(command)) };
};

describe("a lent program that does not understand its words leaves no answer", () => {
  it.each([
    ...[
      "find . -size +10M",
      "find . -printf %p 2>/dev/null",
      "find . -type f,d 2>/dev/null | wc -l",
      "find . -newermt x",
    ],
    ...["stat --printf=%a a", "ls --time-style=full a 2>/dev/null || true", "grep -P x a 2>/dev/null; echo none"],
    ...[
      "sort --version-sort a 2>/dev/null",
      "x=$(head -n 1x a 2>/dev/null); echo $x",
      "cat a | grep -Pq x || echo none",
    ],
    ...[
      "date -d '2 days ago' 2>/dev/null",
      "awk '{print gensub(1)}' <a 2>/dev/null",
      "if ! grep --foo x a; then echo y; fi",
    ],
    ...["(du --apparent-size a 2>&1) >/dev/null", "LC_ALL=C cut --foo a 2>/dev/null", "cut -f x a 2>/dev/null"],
    ...["find . -exec grep -P x {} \\; 2>/dev/null", "find . -exec stat --printf=x {} + 2>/dev/null"],
    ...[
      "ls | xargs grep -P x 2>/dev/null",
      "ls | xargs -n 1 -I {} stat --printf=x {} 2>/dev/null",
      "xargs --foo <a 2>&-",
    ],
    ...["timeout 5 grep -P x a 2>/dev/null", "timeout --foo 5 true 2>/dev/null", "env A=b sort --foo a 2>/dev/null"],
    ...["find . -type f -exec env A=b timeout 5 ls --foo {} \\; 2>/dev/null", "g=grep; $g -P x a 2>/dev/null"],
    ...["sh -c 'grep -P x a 2>/dev/null'", "sh -c 'sh -c \"ls --foo\" 2>/dev/null' || true", "ps --foo 2>/dev/null"],
    ...["echo 'ls --foo' | sh 2>/dev/null", "a=(1 2)", "sh -c 'a=(1 2)' 2>/dev/null; echo y", "[ a -foo b ] || echo y"],
    ...[
      "[ -f a -a x -foo y ]",
      "grep 'a\\(' a 2>/dev/null",
      "sed 's/a/b/Q' a 2>/dev/null",
      "ls --foo 2>&1",
      "eval 'ls --foo' 2>&1",
    ],
    ...[
      "find . -exec sh -c 'grep -P x \"$@\" 2>/dev/null' sh {} \\; | wc -l",
      "env A=b sh -c 'ls --foo 2>&1 | wc -l'",
      "ls | xargs -n 1 sh -c 'env sh -c \"ls --foo 2>/dev/null\"; true'",
      "timeout 5 sh -c 'a=(1 2)' 2>/dev/null; echo y",
      "tar --foo 2>&1 | cat",
      "chmod --foo a",
      "awk '{ print(' a 2>/dev/null",
    ],
  ])("%s", (command) => {
    expect(asked(command).misunderstood).toBe(true);
  });
});

describe("an answer of a lent program that understood is left as it is, byte for byte", () => {
  it.each([
    ...["cat a", "grep -c x a", "grep -q x a || echo none", "ls nosuch a", "ls nosuch a 2>&1 | head -n 1", "id nosuch"],
    ...["find . -type f -exec grep -l one {} +", "find nosuch . -name 'a*' 2>/dev/null; echo $?", "sort a | head -n 1"],
    ...[
      "find . -exec false {} \\;",
      "find . -name '*' -exec stat -c %a {} \\;",
      "find . \\( -name a -o -name b \\) -print",
    ],
    ...[
      "yes | head -n 1",
      "printf 'b\\na\\n' | { sort; cat nosuch; }",
      "cat <a | grep nosuch; echo $?",
      "set -e; ls nosuch; echo y",
    ],
    ...[
      "awk 'BEGIN{exit 3}'",
      "awk '{ system(\"exit 1\"); exit 3 }' a",
      "stat -c %n a nosuch",
      "wc -c <a",
      "sed -n '$p' a",
    ],
    ...[
      "env A=b env | grep ^A=",
      "A=b env | grep -E '^(A|muster)'",
      "ls | xargs cat",
      "ls | xargs -n 1 grep nosuch; echo $?",
    ],
    ...["timeout 5 false; echo $?", "timeout -s KILL 1 sleep 2; echo $?", "sh -c 'cat a; exit 5'", "sh -c 'exit 2'"],
    ...["sh -c 'sh -c \"env\"' | grep muster", "sh -ec 'ls $0; false; echo n' a", "cat a nosuch >/dev/null; echo $?"],
    ...[
      "find . -exec sh -c 'env | grep muster; echo $0 $@' n {} +",
      "env A=b sh -c 'env | grep -E \"A=|muster\"'",
      "ls | xargs sh -ec 'cat $1; exit 9' x; echo $?",
    ],
    ...["exit 7", "diff a a; echo one | diff a -", "cut -d: -f1 a", "expr 1 = 2", "test -f nosuch", "readlink nosuch"],
  ])("%s", (command) => {
    const { exitCode, stdout, stderr, misunderstood } = asked(command);
    const plain = run(command);
    expect(misunderstood).toBe(false);
    expect([exitCode, stdout.toString("latin1"), stderr.toString("latin1")]).toEqual([
      plain.exitCode,
      plain.stdout.toString("latin1"),
      plain.stderr.toString("latin1"),
    ]);
  });

  it("a command without a lent program has nothing before it", () => {
    expect(before("echo x; [ -f /y ] && read -r z </proc/1/status")).toBe("");
  });
});

it("a program of the target is started, and not the one of the same name that is lent", () => {
  const path = join(folder, "own stat");
  writeFileSync(path, `#!${busybox} sh\necho own "$@"; exit 4\n`);
  chmodSync(path, 0o755);
  const command = "stat 'a b' --printf=x | cat; stat";
  const { exitCode, stdout } = run(before(command, new Map([["stat", path]])) + command);
  expect([exitCode, stdout.toString()]).toEqual([4, "own a b --printf=x\nown\n"]);
});

describe("a lent find is asked in words with which it means what GNU's means", () => {
  const sizes = { none: 0, some: 1000, kilo: 1024, more: 1025, big: 30 * 2 ** 20 };
  const sized = join(folder, "sized");
  beforeAll(() => {
    mkdirSync(sized);
    for (const [name, size] of Object.entries(sizes)) {
      writeFileSync(join(sized, name), "");
      truncateSync(join(sized, name), size);
    }
  });
  const lines = (text: string) => text.split("\n").sort();

  it.each([
    ...[
      "find . -size +10M",
      "find . -size 1k -type f",
      "find . -size -1M",
      "find . ! -size +1k -type f,d",
      "find . -size 2",
    ],
    ...[
      "find . \\( -size 30M -o -size '+20M' \\) -print",
      "find . -type f -perm /0",
      "find . -mmin -5 -type d,f | wc -l",
    ],
    ...["find . -mmin +5", "x=$(find . -size 1k -type f);echo $x", "find . -type f -size +1M -exec stat -c %s {} \\;"],
    ...["sh -c 'find . -size +10M | wc -l'", 'sh -c "find . -size 1k -name k\\*"'],
  ])("%s", (command) => {
    const gnu = spawnSync("sh", ["-c", command], { cwd: sized, encoding: "utf8" });
    const { misunderstood, exitCode, stdout } = asked(inFindsWords(command), sized);
    expect([misunderstood, exitCode, lines(stdout.toString())]).toEqual([false, gnu.status, lines(gnu.stdout)]);
  });

  it("and other words are left alone", () => {
    const command = "find / -type f -perm -4000 -size +9x -name '-size 1k*'";
    expect(inFindsWords(command)).toBe(command);
  });
});
