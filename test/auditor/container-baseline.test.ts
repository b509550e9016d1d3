import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { type Auditor, startAuditor } from "#audit/auditor.ts";
import type { Completed, Shell } from "#contract/shell.ts";
import { localShell } from "../support/local-shell.ts";
import { bashTree, busyboxTree, type Files, listing, put } from "./container-baseline/tree.ts";
import { hardened, planted, weak } from "./container-baseline/weak-and-hardened.ts";

const result = z.object({ status: z.string(), message: z.string().optional(), skip_message: z.string().optional() });
const control = z.object({
  id: z.string(),
  title: z.string(),
  desc: z.string(),
  impact: z.number(),
  descriptions: z.array(z.object({ label: z.string(), data: z.string() })),
  tags: z.object({ nist: z.array(z.string()), cci: z.array(z.string()), severity: z.string() }),
  results: z.array(result),
});
const report = z.object({ profiles: z.tuple([z.object({ controls: z.array(control) })]) });

interface Scan {
  readonly controls: readonly z.infer<typeof control>[];
  readonly json: string;
  readonly said: string;
  readonly commands: number;
}

const folder = mkdtempSync("/tmp/cb-");
let auditor: Auditor;
let weakScan: Scan;
let hardenedScan: Scan;

beforeAll(async () => {
  auditor = await startAuditor({ workDir: join(folder, "a") });
  weakScan = await scan(localShell({ root: tree(busyboxTree, hardened, weak) }));
  hardenedScan = await scan(localShell({ root: tree(busyboxTree, hardened) }));
});

afterAll(async () => {
  await auditor?.close();
  rmSync(folder, { recursive: true, force: true });
});

let trees = 0;
function tree(build: (root: string) => void, ...layers: readonly Files[]): string {
  const root = join(folder, `tree${trees++}`);
  mkdirSync(root, { mode: 0o755 });
  build(root);
  for (const files of layers) put(root, files);
  return root;
}

async function scan(shell: Shell, inputs: Record<string, unknown> = {}): Promise<Scan> {
  let said = "";
  const listening: Shell = {
    ...shell,
    run: async (command, options) => {
      const completed = await shell.run(command, options);
      said += Buffer.from(completed.stdout).toString("latin1") + Buffer.from(completed.stderr).toString("latin1");
      return completed;
    },
  };
  const audited = await auditor.audit({
    shell: listening,
    profile: "profiles/container-baseline",
    identity: { uri: "test://container-baseline", uniqueId: "container-baseline" },
    inputs,
    olderAuditor: false,
    presentAsContainer: false,
    deadlineMs: 60_000,
  });
  const json = Buffer.from(audited.hdf).toString("utf8");
  const { controls } = report.parse(JSON.parse(json)).profiles[0];
  return { controls, json, said, commands: audited.counters.commands };
}

/** Ids by the worst result; a control without results is its own kind. */
function verdicts({ controls }: Scan): Map<string, string> {
  return new Map(
    controls.map(({ id, results }) => {
      const seen = results.map(({ status }) => status);
      return [id, ["failed", "skipped", "passed"].find((status) => seen.includes(status)) ?? "nothing"];
    }),
  );
}

function ids(scanned: Scan, verdict: string): string[] {
  return [...verdicts(scanned)].filter(([, status]) => status === verdict).map(([id]) => id);
}

function words(scanned: Scan, id: string): string {
  return scanned.controls
    .filter((one) => one.id === id)
    .flatMap(({ results }) => results.map(({ message, skip_message }) => message ?? skip_message ?? ""))
    .join("\n");
}

/** Answers platform detection, and everything else as `answer` does. */
function made(answer: (command: string) => Partial<Completed> & { text?: string; complaint?: string }): Shell {
  return {
    way: "shell",
    close: async () => {},
    run: async (command) => {
      const text = command.toString();
      const {
        text: stdout = "",
        complaint = "",
        exitCode = 0,
      } = text === "uname -s" ? { text: "Linux\n" } : answer(text);
      return { stdout: Buffer.from(stdout), stderr: Buffer.from(complaint), exitCode, truncated: false, elapsedMs: 1 };
    },
  };
}

describe("what each control carries", () => {
  test("every control says what, why, how to check, how to mend and how bad", () => {
    expect(hardenedScan.controls.length).toBeGreaterThanOrEqual(30);
    for (const { id, title, desc, descriptions, impact, tags } of hardenedScan.controls) {
      const said = (label: string) => descriptions.find((one) => one.label === label)?.data ?? "";
      const texts = [title, desc, said("check"), said("fix")].map((text) => text.length > 15);
      expect({ id, texts }).toEqual({ id, texts: [true, true, true, true] });
      const severity = { 0.3: "low", 0.5: "medium", 0.7: "high", 0.9: "critical" }[impact];
      expect({ id, severity: tags.severity }).toEqual({ id, severity });
    }
  });

  test("every CCI belongs to the NIST control beside it", () => {
    const known = z
      .record(z.string(), z.string())
      .parse(JSON.parse(readFileSync(new URL("./container-baseline/cci.json", import.meta.url), "utf8")));
    for (const { id, tags } of hardenedScan.controls) {
      expect({ id, nist: tags.cci.map((cci) => known[cci]) }).toEqual({ id, nist: tags.nist });
    }
  });

  test("the table in the README names every control with its title", () => {
    const readme = readFileSync("profiles/container-baseline/README.md", "utf8");
    const rows = hardenedScan.controls.map(
      ({ id, title, tags }) => `| ${id} | ${title} | ${tags.severity} | ${tags.nist.join(", ")} |`,
    );
    expect(rows.filter((row) => !readme.includes(row))).toEqual([]);
  });
});

describe("trouble is never a verdict", () => {
  test("where no command can run, every control is skipped", async () => {
    const dead = await scan(made(() => ({ exitCode: 127, complaint: "sh: not found" })));
    expect(ids(dead, "skipped")).toEqual([...verdicts(dead).keys()]);
  });

  test("a shell that says nothing and calls it a success leads to skips only", async () => {
    const mute = await scan(made(() => ({})));
    expect(ids(mute, "skipped")).toEqual([...verdicts(mute).keys()]);
  });

  test("a cut answer is never a pass", async () => {
    const shell = localShell({ root: tree(busyboxTree, hardened) });
    const cut: Shell = {
      ...shell,
      run: async (command, options) => {
        const completed = await shell.run(command, options);
        const mine = command.toString().includes("#end");
        return mine ? { ...completed, stdout: completed.stdout.subarray(0, completed.stdout.length - 4) } : completed;
      },
    };
    expect(ids(await scan(cut), "passed")).toEqual([]);
  });

  test("without find and stat whatever still passes would have failed on a weak container", async () => {
    const clean = await scan(localShell({ root: tree(bashTree, hardened) }));
    const bad = await scan(localShell({ root: tree(bashTree, hardened, weak) }));
    const passed = ids(clean, "passed");
    expect(passed.length).toBeGreaterThan(10);
    expect(passed.filter((id) => verdicts(bad).get(id) !== "failed" && !unplanted.includes(id))).toEqual([]);
    expect(words(clean, "cb-201")).toContain("there is no find and no head in the container");
  });

  test("a find that fails without a word leads to skips", async () => {
    const root = tree(bashTree, hardened, {
      "bin/find": { text: "#!/bin/sh\nexit 1\n", mode: 0o755 },
      "bin/head": { text: '#!/bin/sh\nwhile IFS= read -r line; do echo "$line"; done\n', mode: 0o755 },
    });
    const scanned = await scan(localShell({ root }));
    expect(words(scanned, "cb-201")).toContain("find ended with an error");
    const walked = scanned.controls
      .map(({ id }) => id)
      .filter((id) => /^cb-(201|202|204|30[129]|31[012]|40[45678])$/.test(id));
    expect(walked.filter((id) => verdicts(scanned).get(id) !== "skipped")).toEqual([]);
  });

  test("a place that the scan may not enter is a skip, unless only root could use what lies there", async () => {
    const root = tree(busyboxTree, hardened);
    const local = localShell();
    const unprivileged: Shell = {
      ...local,
      run: (command, options) => {
        const quoted = `'${command.toString().replaceAll("'", "'\\''")}'`;
        return local.run(`exec /usr/sbin/chroot --userspec=65534:65534 ${root} /bin/sh -c ${quoted}`, options);
      },
    };
    const scanned = await scan(unprivileged);
    expect(words(scanned, "cb-404")).toContain("no permission to look into 1 directories: /root");
    expect(verdicts(scanned).get("cb-201")).toBe("passed");
    expect(verdicts(scanned).get("cb-104")).toBe("skipped");
  });
});

/** Exec's own environment and the devices have no place in a tree of plain files; process 2 takes their subject away from the rest. */
const unplanted = [
  "cb-210",
  "cb-213",
  "cb-214",
  "cb-402",
  "cb-501",
  "cb-502",
  "cb-503",
  "cb-504",
  "cb-505",
  "cb-506",
  "cb-507",
  "cb-508",
  "cb-514",
];

describe("weak and hardened", () => {
  test("a hardened container fails nothing", () => {
    expect(ids(hardenedScan, "failed").map((id) => words(hardenedScan, id))).toEqual([]);
  });

  test("a weak container fails all that was planted, and each of these passes when hardened", () => {
    const failed = ids(weakScan, "failed");
    expect([...verdicts(weakScan).keys()].filter((id) => !failed.includes(id) && !unplanted.includes(id))).toEqual([]);
    const differing = failed.filter((id) => verdicts(hardenedScan).get(id) === "passed");
    expect(differing).toEqual(failed);
    expect(differing.length).toBeGreaterThanOrEqual(10);
  });

  test("a weak main process is seen where it is the container's own", async () => {
    const { "proc/2/status": _, ...own } = weak;
    const scanned = await scan(localShell({ root: tree(busyboxTree, hardened, own) }));
    const processes = ["cb-214", "cb-501", "cb-504", "cb-505", "cb-506", "cb-507", "cb-508"];
    expect(processes.filter((id) => verdicts(scanned).get(id) !== "failed")).toEqual([]);
  });

  test("processes from outside, as of an exec session, are not the workload's", async () => {
    const status = (pid: number, parent: number, name: string) => ({
      [`proc/${pid}/status`]: { text: `Name:\t${name}\nPPid:\t${parent}\nUid:\t0\t0\t0\t0\n` },
    });
    const processes = { ...status(7, 1, "sshd"), ...status(8, 7, "helper"), ...status(900_001, 0, "toolbox") };
    const scanned = await scan(localShell({ root: tree(busyboxTree, hardened, processes) }));
    expect(words(scanned, "cb-502")).toContain("found 2: process 7 (sshd), process 8 (helper)");
    expect(words(scanned, "cb-503")).toContain("found 1: process 7 (sshd)");
  });

  test("an emptyDir on /tmp is not judged by the mode that Kubernetes gives it", async () => {
    const mountinfo = `${hardened["proc/self/mountinfo"]?.text}20 19 8:1 /x /tmp rw - ext4 none rw\n`;
    const root = tree(busyboxTree, hardened, { "tmp/": { mode: 0o777 }, "proc/self/mountinfo": { text: mountinfo } });
    const scanned = await scan(localShell({ root }));
    expect(["cb-202", "cb-205"].map((id) => verdicts(scanned).get(id))).toEqual(["passed", "passed"]);
  });

  test("messages name the places", () => {
    expect(words(weakScan, "cb-202")).toContain(
      "expected no world-writable directories without the sticky bit, found 3: /home/eve/, /tmp/, /usr/local/bin/",
    );
    expect(words(weakScan, "cb-201")).toContain("/opt/two?lines");
    expect(words(weakScan, "cb-401")).toContain("environment: variable DB_PASSWORD");
    expect(words(weakScan, "cb-405")).toContain("/root/.aws/credentials: AWS access key");
  });

  test("an allow-list takes its places out", async () => {
    const root = tree(busyboxTree, hardened, { "opt/suid": { mode: 0o4755 } });
    expect(verdicts(await scan(localShell({ root }))).get("cb-204")).toBe("failed");
    expect(verdicts(await scan(localShell({ root }), { setid_files: ["/opt/suid"] })).get("cb-204")).toBe("passed");
  });
});

describe("what a scan leaves and takes", () => {
  test("no secret value leaves the container or stands in the report", () => {
    const leaked = Object.entries(planted).filter(
      ([, value]) => weakScan.json.includes(value) || weakScan.said.includes(value),
    );
    expect(leaked).toEqual([]);
  });

  test("nothing is written", async () => {
    const root = tree(busyboxTree, hardened, weak);
    const before = listing(root);
    await scan(localShell({ root }));
    expect(listing(root)).toEqual(before);
  });

  test("a scan takes fewer than 45 commands", () => {
    expect(hardenedScan.commands).toBeLessThan(45);
  });
});
