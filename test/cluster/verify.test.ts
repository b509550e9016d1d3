import { spawn } from "node:child_process";
import { beforeAll, describe, expect, it } from "vitest";
import { sameVerdicts } from "#cli/verify/same-verdicts.ts";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { sharedCluster } from "#test/support/cluster.ts";

const main = new URL("../../cli/main.ts", import.meta.url).pathname;
let cluster: EmbeddedCluster;
beforeAll(async () => {
  cluster = await sharedCluster();
});

function verify(...words: readonly string[]) {
  const child = spawn(process.execPath, [main, "scan", "--kubeconfig", cluster.kubeconfig, "--verify", ...words]);
  let stdout = "";
  child.stdout.on("data", (text) => (stdout += text));
  child.stderr.resume();
  return new Promise<{ code: number | null; stdout: string }>((resolve) =>
    child.on("close", (code) => resolve({ code, stdout })),
  );
}

describe("muster scan --verify", () => {
  it("finds no control that the session judges otherwise, and says what each way cost", async () => {
    const { code, stdout } = await verify("-n", "demo", "-l", "app in (weak, busybox-only)", "--json");
    const { verified, targets } = JSON.parse(stdout);
    expect(
      targets.map(({ differences, reason }: { differences: unknown; reason: unknown }) => [differences, reason]),
    ).toEqual([
      [[], null],
      [[], null],
    ]);
    for (const { sessions, references, controls } of targets) {
      expect(controls).toBeGreaterThan(20);
      // First with nothing remembered, then with what that run asked sent ahead; a second lane is named.
      expect(sessions).toHaveLength(2);
      for (const { execs } of sessions) expect(execs).toBeLessThanOrEqual(2);
      expect(references.map(({ execs }: { execs: number }) => execs)).toEqual(
        references.map(({ commands }: { commands: number }) => commands),
      );
    }
    expect([verified, code]).toEqual([true, 0]);
  });

  it("ends with 2 and the reason where it cannot be decided", async () => {
    const { code, stdout } = await verify("demo/scratch/still");
    expect(stdout).toMatch(/muster\/demo\/scratch\/still +container-baseline +no-shell/);
    expect(code).toBe(2);
  });
});

describe("verdicts of the session and of two reference runs", () => {
  const report = (message: string, status = "failed") => {
    const results = [{ status, code_desc: "is right", message, run_time: Math.random() }];
    const controls = [{ id: "c-1", impact: 0.5, tags: {}, results }];
    return Buffer.from(JSON.stringify({ platform: {}, profiles: [{ name: "p", controls }], version: "5" }));
  };

  it("are the same when only times differ", () => {
    expect(sameVerdicts(report("a"), [report("a"), report("a")])).toMatchObject({ differences: [], unsteady: [] });
  });

  it("differ when a message or a status differs and the references agree", () => {
    const { differences } = sameVerdicts(report("a"), [report("b"), report("b")]);
    expect(differences).toMatchObject([
      { control: "c-1", session: { results: [{ message: "a" }] }, reference: { results: [{ message: "b" }] } },
    ]);
    expect(sameVerdicts(report("a", "passed"), [report("a"), report("a")]).differences).toHaveLength(1);
  });

  it("are not blamed where the references disagree with each other", () => {
    expect(sameVerdicts(report("a"), [report("a"), report("b")])).toMatchObject({ differences: [], unsteady: ["c-1"] });
  });
});
