import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accountsFrom, withNames } from "#reach/toolbox/read/accounts.ts";
import { compile } from "#reach/toolbox/read/compile.ts";
import { fileQuestion } from "#reach/toolbox/read/file-record.ts";
import { readCommandLine } from "#reach/toolbox/read/words.ts";

const applets = new Set("awk cat cut find grep head id ls ps readlink sort stat tail tee test uniq wc".split(" "));
const lent = (program: string) => applets.has(program);

/** Text made of what a shell treats specially, and of ordinary words. */
const shellish = fc
  .array(
    fc.constantFrom(..."'\"\\ \t$`(){}*?[]!~#&;|<>\n=".split(""), "a", "/etc/x", "2>/dev/null", "cat ", "test -e "),
    {
      maxLength: 12,
    },
  )
  .map((parts) => parts.join(""));

describe("reading a command", () => {
  it("gives the words that a shell would hand to a program, or refuses to read it", () => {
    fc.assert(
      fc.property(shellish, (text) => {
        const line = readCommandLine(text);
        if (line === undefined || line.rest.length > 0 || line.first.redirections.length > 0) return;
        if (line.first.input !== undefined) return;
        // In an empty folder, so that a pattern that slipped through would still be seen by its own characters.
        const show = `set -f;f(){ printf '<%s>' "$@";};f ${text}`;
        const { stdout } = spawnSync("/bin/sh", ["-c", show], { cwd: "/", encoding: "utf8" });
        expect(stdout).toBe(line.first.words.map((word) => `<${word}>`).join(""));
      }),
      { numRuns: 300, seed: 6 },
    );
  });

  it.each([
    "a $x",
    "a `b`",
    "a *",
    "a ?",
    "a [b]",
    "(a)",
    "a & b",
    "a > b",
    "a << b",
    "a\nb",
    "a #b",
    "~/a",
    "{ a; }",
    "a 'b",
  ])("%s is more than it reads", (text) => {
    expect(readCommandLine(text)).toBeUndefined();
  });
});

describe("what is asked without a shell", () => {
  it.each([
    ["test -e /etc/x", "(tests '-e' '/etc/x')"],
    ["test -f /a && cat /a", "(tests '-f' '/a') &&(reads 'cat' '1' '/a')"],
    ["cat '/it'\\''s'", "(reads 'cat' '1' '/it'\\''s')"],
    ["nosuch --help 2>/dev/null", "(absent 'nosuch')2>/dev/null"],
    [
      "find /a -xdev -type f ! -user root -maxdepth 3",
      "(finder '/a' '0' '3' '1' ''\\''-type'\\'' '\\''f'\\'' '\\''!'\\'' '\\''-user'\\'' '\\''0'\\''')",
    ],
    ["grep -c x /a | wc -l", "(reads 'grep' '2' '/a' '-c' '-e' 'x') |('wc' '-l')"],
  ])("%s", (command, script) => {
    expect(compile(command, lent)?.script).toBe(script);
  });

  it.each([
    ...[
      "ps",
      "find /",
      "id",
      "cat a",
      "cat /a /b",
      "cat",
      "grep x",
      "grep -r x /",
      "grep -f /etc/passwd /a",
      "cat /a | tee /b",
    ],
    ...[
      "cat /a | grep x /etc/passwd",
      "cat /a | head /etc/passwd",
      "cat /a | sort -o /tmp/x",
      "head -n 5 a",
      "test -e a",
      "test /a",
    ],
    ...[
      "stat /a",
      "stat -c '%N' /a",
      "stat -c x /a && cat /b",
      "ls -l /a",
      "readlink -e /a",
      "./x",
      "cat /a | sort /b",
      "cat /a | sort -n /b",
      "cat /a | uniq -c /b",
      "cat /a | sort -onew",
      "cat /a | wc -c b",
      "sha256sum -c < /a",
      ...[
        "cat < a",
        "head -c 5 < a",
        "cat /a | cut -d : -f 1 /b",
        "cat /a | tail -f",
        "cat /a | sort -T /b",
        "grep -q < /a",
      ],
      "find / -name x",
      "find /a -exec rm {} +",
      "find /a -user web",
      "find /a -newer /b",
      "find a",
    ],
  ])("%s is not", (command) => {
    expect(compile(command, lent)).toBeUndefined();
  });
});

describe("a word that a shell runs itself", () => {
  it.each([
    ...[
      "if [ -f /etc/evil ]; then echo bad; fi",
      "for x in /a /b; do cat /a; done",
      "time cat /a",
      "cat /a | while true",
    ],
    ...[
      "cd /etc && ls /etc",
      "ulimit -c",
      "exit 3",
      "export A",
      "read x",
      ". /a",
      "source /a",
      "trap",
      "return",
      "mapfile",
    ],
    ...["test -e /a || exit 1", "cat /a | read x", "'if'", "case a", "declare -p", "umask", "command -v x y"],
  ])("is no program that the target lacks: %s", (command) => {
    expect(compile(command, lent)).toBeUndefined();
  });

  it("is answered where the answer is the same in every shell", () => {
    expect(compile("true && echo x; test -e /a; [ -e /a ]; :", lent)).toBeDefined();
  });
});

describe("owners", () => {
  const accounts = accountsFrom("root:x:0:0:::\nalso:x:0:0:::\nweb:x:7:7:::\nbad:x:y:0\n", "root:x:0:\n");

  it("have the target's names, the first of a number, and none where no account has it", () => {
    expect(withNames("\x01U0\x01:\x01U7\x01:\x01G0\x01:\x01G7\x01", accounts)).toBe("root:web:root:UNKNOWN");
  });
});

describe("the auditor's question about a path", () => {
  it("is not taken for one when anything about it is different", () => {
    expect(fileQuestion("p='/a';cat \"$p\"")).toBeUndefined();
    expect(fileQuestion("cat /a")).toBeUndefined();
  });
});
