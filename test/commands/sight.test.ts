import { describe, expect, test } from "vitest";
import { looksOnly } from "#commands/looks-only.ts";
import { sightOf } from "#commands/sight.ts";
import { writesVisibly } from "#commands/writes-visibly.ts";

describe("by sight, a text", () => {
  test.each([
    ["a; b && c | d", ["a", "b", "c", "d"]],
    ["LC_ALL=C /usr/bin/find / -exec stat -c '%n' {} +", ["find", "stat"]],
    ["for x in rm mv; do echo $x; done", ["for", "do", "echo", "done"]],
    ["case $1 in rm) ls;; *) cat x;; esac", ["case", "ls", "cat"]],
    ["echo `rm x` $(mv a b)", ["echo", "rm", "mv"]],
    ["bash -c 'touch x'", ["bash", "touch"]],
    ["stat -c 'at %f' x # rm y", ["stat"]],
    ["a | xargs -n 1 rm", ["a", "xargs", "rm"]],
    ["l=$((l+1)); [ $l = 2 ]", ["["]],
    ['"$x" y', ["$"]],
    ["echo 'rm x'", ["echo"]],
  ])("%s has its commands at %j", (text, commands) => {
    expect(sightOf(text).commands).toEqual(commands);
  });

  test.each([
    ...[
      "echo x >/tmp/y",
      "echo x>>y",
      "sleep 9 &",
      "cat <<E >y\nE",
      "rm -f x",
      "f() { mv a b; }; f",
      "sed -i s/a/b/ x",
    ],
    ...["find / -delete", "find / -name x -exec chmod 0 {} +", "sh -c 'echo 1 >x'", "awk 'BEGIN { system(\"x\") }'"],
    ...["systemctl restart x", "sysctl -w a=1", "apt-get update", "true && touch x", "if a; then kill 1; fi"],
    ...["echo $(touch x)", "xargs -0 rm", "sort -o x y", "echo x > $f", "ls 2>errors", "crontab -r", "cat x |tee y"],
    ...["busybox rm x", "busybox sh -c 'touch x'"],
  ])("%s visibly writes", (text) => {
    expect(writesVisibly(text)).toBe(true);
    expect(looksOnly(text)).toBe(false);
  });

  test.each(["sleep 3", "cat x; sleep 1", "busybox sleep 3", "timeout 9 sleep 3", "bash -c 'sleep 3; cat x'"])(
    "%s waits, and so keeps its place as what writes does",
    (text) => {
      expect(writesVisibly(text)).toBe(true);
      expect(looksOnly(text)).toBe(false);
    },
  );

  test.each([
    ...["ls 2>/dev/null", "ls >/dev/null 2>&1", "read x </proc/1/status", "{ read -r l <f; } 2>&-", "crontab -l"],
    ...["f() { grep x y; }; f", "systemctl show x", "find / -exec grep -l x {} +", "a=$(cat x); echo ${a#b}"],
  ])("%s only looks", (text) => {
    expect(writesVisibly(text)).toBe(false);
    expect(looksOnly(text)).toBe(true);
  });

  test.each(["our-own-tool", "python3 -c 'print(1)'", "$x", "perl -e 1", ". /etc/profile", "eval ls"])(
    "%s neither looks nor writes for sure",
    (text) => {
      expect(looksOnly(text)).toBe(false);
    },
  );

  test.each(["", "'", '"', "$(", "`", "a $((", "case", "\\", "> ", "<<"])("%j is taken without harm", (text) => {
    expect(() => sightOf(text)).not.toThrow();
  });
});
