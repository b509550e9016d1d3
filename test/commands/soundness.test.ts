import { spawnSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { classOf } from "#commands/class-of.ts";
import { askedByTheAuditor } from "./known/auditor.ts";
import { askedByProfiles } from "./known/profiles.ts";
import { mutated, seeds } from "./mutations.ts";

const folder = mkdtempSync(join(tmpdir(), "muster-commands-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

mkdirSync(join(folder, "d"));
for (const [name, text] of Object.entries({
  a: "a:x:10\nb:y:2\n",
  "b c": "x\n",
  "-delete": "x\n",
  "d/x": "x y z\n",
  "d/w t": "",
})) {
  writeFileSync(join(folder, name), text);
  chmodSync(join(folder, name), 0o640);
}

/** Names, contents, modes and times of everything in the scratch folder. */
function tree(): string {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  return ["", ...paths]
    .map((path) => {
      const { mode, mtimeMs, ctimeMs, size } = lstatSync(join(folder, path));
      const text = lstatSync(join(folder, path)).isFile() ? readFileSync(join(folder, path), "latin1") : "";
      return [path, mode, mtimeMs, ctimeMs, size, text].join(" ");
    })
    .join("\n");
}

/** Runs a command as a scan does; a status of null means that it did not end by itself. */
function run(shell: readonly [string, ...string[]], command: string) {
  const [program, ...args] = shell;
  const env = { PATH: process.env.PATH ?? "", HOME: folder };
  return spawnSync(program, [...args, "-c", command], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 20_000,
  }).status;
}

const shells = [["/bin/sh"], ["bash"]] as const;
/** Walking over the machine that tests run on shows nothing. */
const walksFar = /(?:^|\s)\/(?:\s|$)/;

describe("a command that is known to only look", () => {
  it("changes nothing and ends, in whatever shell it runs", () => {
    const before = tree();
    const commands = new Set(
      [...seeds, ...fc.sample(mutated, { numRuns: 3_000, seed: 20 })].filter(
        (command) => classOf(command) !== "unknown" && !walksFar.test(command),
      ),
    );
    expect(commands.size).toBeGreaterThan(200);
    for (const command of commands) {
      for (const shell of shells) {
        expect(run(shell, command), command).not.toBeNull();
        expect(tree(), command).toBe(before);
      }
    }
  });

  const plain = [...askedByTheAuditor, ...askedByProfiles].filter((command) => !/['"\\`$#\n]/.test(command));
  const deeds = [
    "; rm x",
    "\nrm x\n",
    "| rm x",
    "|| rm x",
    "&& rm x ",
    "& ",
    "> y ",
    ">y ",
    "2>y ",
    ">> y ",
    "<> y ",
    "$(rm x)",
    "`rm x`",
    "<(rm x)",
    "\r",
    "\0",
    "\u00a0",
    "$((x=1))",
    "${x:=1}",
    "$'a'",
    "{a,b}",
  ];

  it("is not known any more once something that acts stands anywhere in it", () => {
    expect(plain.length).toBeGreaterThan(100);
    for (const command of plain) {
      for (const deed of deeds) {
        for (let at = 0; at <= command.length; at += 1) {
          const text = command.slice(0, at) + deed + command.slice(at);
          if (classOf(text) !== "unknown") expect(text).toBe("unknown");
        }
      }
    }
  });

  it("stays known while the same stands in quotes, where it is data", () => {
    for (const deed of deeds.filter((text) => !/[\0\r]/.test(text))) {
      expect(classOf(`grep -c -- '${deed}' /etc/passwd`), deed).toBe("read-only");
      expect(classOf(`echo '${deed}'`), deed).toBe("read-only");
    }
  });
});

describe("classOf", () => {
  it("gives an answer to any text, however long", () => {
    const piece = fc.oneof(
      fc.string({ maxLength: 6, unit: "binary" }),
      fc.constantFrom(
        "$(",
        "`",
        '"',
        "'",
        "(",
        "{ ",
        "a ",
        "if a; then ",
        "/*",
        "[a",
        "awk '",
        "sed 's/",
        "-",
        "--a=",
        "x=$x ",
        "|a",
        ";a",
        "\n",
        "$",
        "\\",
        "p='",
        "for a in b; do ",
        "case a in ",
        "nice ",
        "busybox ",
        "x=$y; ",
      ),
    );
    const text = fc
      .tuple(
        fc.array(piece, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(1, 30, 4_000, 100_000),
        fc.string({ maxLength: 3 }),
      )
      .map(([pieces, length, tail]) => pieces.join("").padEnd(1, "a").repeat(length).slice(0, length) + tail);
    fc.assert(
      fc.property(text, (command) => ["read-only", "expensive", "unknown"].includes(classOf(command))),
      { numRuns: 300, seed: 20 },
    );
  });
});

describe("a text that is known", () => {
  const script = 'if [ -e "$p" ]; then something that reads "$p"; fi\n';
  const known = [script];

  it.each(["/etc/passwd", "/it'\\''s", "", "; rm x", "$(rm x)", "line\nline", "'\\'''\\''"])(
    "only looks at the file that stands before it in quotes: %j",
    (path) => expect(classOf(`p='${path}';${script}`, { known })).toBe("read-only"),
  );

  it.each([
    `p=/etc/passwd;${script}`,
    `p='a'b;${script}`,
    `p='a'; rm 'b';${script}`,
    `p='a';rm x;${script}`,
    `p='a''b';${script}`,
    `p="a";${script}`,
    `p='a' ;${script}`,
    `p='a';${script}rm x`,
    `p='a';${script.trim()}`,
    `q='a';${script}`,
    ` p='a';${script}`,
    `p='a\0';${script}`,
    script,
  ])("is unknown when anything else stands with it: %j", (command) =>
    expect(classOf(command, { known })).toBe("unknown"),
  );
});
