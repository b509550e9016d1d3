import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { busybox, debian, hostilePod } from "#test/faults/hostile-pods.ts";
import { sharedCluster } from "#test/support/cluster.ts";

const main = new URL("../../cli/main.ts", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "muster-hostile-"));
const profile = join(folder, "curious");
let cluster: EmbeddedCluster;

/** Puts into the report whatever the container says, by every way in which a profile does. */
const controls = `
control("words") { impact 0.5; describe(command("cat /etc/passwd")) { its("stdout") { should eq "nothing" } } }
control("errors") { impact 0.5; describe(command("cat /etc/passwd")) { its("stderr") { should eq "nothing" } } }
control("file") { impact 0.5; describe(file("/etc/passwd")) { its("mode") { should cmp "0644" }; its("owner") { should eq "root" } } }
control("content") { impact 0.5; describe(file("/etc/passwd")) { its("content") { should match(/nobody-at-all/) } } }
control("honest") { impact 0.5; describe(command("echo honest")) { its("stdout") { should eq "honest\\n" } } }
`;

beforeAll(async () => {
  mkdirSync(join(profile, "controls"), { recursive: true });
  writeFileSync(join(profile, "inspec.yml"), "name: curious\nversion: 0.1.0\n");
  writeFileSync(join(profile, "controls", "all.rb"), controls);
  cluster = await sharedCluster();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Scanned {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly out: string;
}

/** The real command, as a user would run it; with two pods, the innocent one is `busybox-only`. */
async function scan(words: readonly string[]): Promise<Scanned> {
  const out = join(folder, `out-${Math.random()}`);
  const flags = ["--kubeconfig", cluster.kubeconfig, "--out", out, "--profile", profile, "--deadline", "1"];
  const child = spawn(process.execPath, [main, "scan", ...flags, "-n", "demo", ...words], { cwd: folder });
  const said = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].on("data", (bytes: Buffer) => {
      said[name] = Buffer.concat([said[name], bytes]);
    });
  }
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, stdout: said.stdout.toString("utf8"), stderr: said.stderr.toString("utf8"), out };
}

/** C0 but for line ends and tabs, DEL, C1, and what turns the direction of text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
const steering = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

interface Document {
  readonly store: string;
  readonly reports: readonly {
    readonly target: string;
    readonly outcome: string;
    readonly reason: string | null;
    readonly counts: Readonly<Record<string, number>> | null;
    readonly key: string | null;
  }[];
}

const evil = "\\033[2J\\033]0;owned\\007\\033[1A\\r\\000\\233\\342\\200\\256</pre><script>alert(1)</script>";
const hostile: readonly (readonly [string, string, readonly string[]])[] = [
  [
    "lies-with-escapes",
    `printf '${evil}\\n'; printf '${evil}\\n' >&2; exit 0`,
    ["/bin/cat", "/bin/stat", "/bin/ls", "/bin/uname"],
  ],
  ["fails-with-escapes", `printf '${evil}' >&2; exit 3`, ["/bin/cat", "/bin/stat"]],
  ["hangs", "exec sleep 1000", ["/bin/cat"]],
  ["floods", "exec yes", ["/bin/cat"]],
  ["kills-the-loop", "read -r a b c d e </proc/$PPID/stat; kill -9 $d $PPID", ["/bin/stat"]],
  ["files-with-escapes", "\u001b[2J\u001b]0;owned\u0007\u009b1A\u202e</pre><script>alert(1)</script>", ["/etc/passwd"]],
  ["shell-says-escapes", `printf '${evil}' >&2; exit 1`, ["/bin/sh"]],
];

const podOf = (name: string) => `hostile-${name}`;
const selecting = (names: readonly string[]) => ["-l", `app in (busybox-only, ${names.map(podOf).join(", ")})`];

describe("a scan of hostile containers and one innocent", () => {
  let json: Scanned;
  let plain: Scanned;
  let document: Document;
  beforeAll(async () => {
    for (const [name, script, programs] of hostile) {
      await cluster.apply(hostilePod(programs.includes("/bin/sh") ? busybox : debian, podOf(name), script, programs));
    }
    json = await scan([...selecting(hostile.map(([name]) => name)), "--json"]);
    plain = await scan(selecting(["files-with-escapes", "shell-says-escapes"]));
    document = JSON.parse(json.stdout) as Document; // the command's own schema, held by cli.test.ts
  });
  const reportOf = (pod: string) => document.reports.find(({ target }) => target.includes(`/${pod}/`));

  it("judges the innocent one as ever", () => {
    const right = { outcome: "scanned", counts: { passed: 2, failed: 3, error: 0 } };
    expect(reportOf("busybox-only")).toMatchObject(right);
    expect(document.reports).toHaveLength(hostile.length + 1);
  });

  it.each(hostile.map(([name]) => name))("ends %s as scanned or with a reason, and steers no page", (name) => {
    const own = reportOf(podOf(name));
    if (own?.outcome !== "scanned")
      expect(own).toMatchObject({ reason: expect.stringMatching(/^[a-z-]+$/), counts: null });
    if (typeof own?.key !== "string") return;
    const page = readFileSync(join(document.store, own.key, "report.html"), "utf8");
    expect(page).not.toMatch(steering);
    expect(page).not.toContain("<script>alert");
  });

  it("scans a container whose files are hostile, and shows their text", () => {
    expect(reportOf(podOf("files-with-escapes"))).toMatchObject({ outcome: "scanned" });
  });

  it.each(["stdout", "stderr"] as const)("steers no terminal by %s", (stream) => {
    expect(json[stream]).not.toMatch(steering);
    expect(plain[stream]).not.toMatch(steering);
  });
});
