import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { sharedCluster } from "#test/support/cluster.ts";

/** Set-up unpacks Debian's; a newer one is tested where the machine has it. */
const DEBIANS = resolve(import.meta.dirname, "../../.muster/tools/kubectl-debian");
const CLIENTS = [DEBIANS, "/usr/bin/kubectl", "/usr/local/bin/kubectl"].filter(
  (path) => path === DEBIANS || existsSync(path),
);

let cluster: EmbeddedCluster;
beforeAll(async () => {
  cluster = await sharedCluster();
});

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function kubectl(program: string, args: readonly string[], stdin?: Uint8Array): Promise<Ran> {
  return new Promise((settle) => {
    const env = { ...process.env, KUBECONFIG: cluster.kubeconfig };
    const child = execFile(program, args, { env, maxBuffer: 64e6, encoding: "utf8" }, (error, stdout, stderr) => {
      settle({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
    });
    child.stdin?.end(stdin);
  });
}

describe.each(CLIENTS)("%s", (program) => {
  test("lists the pods of all namespaces in its table", async () => {
    const { stdout, code } = await kubectl(program, ["get", "pods", "-A"]);
    expect(code).toBe(0);
    const rows = stdout
      .trim()
      .split("\n")
      .map((line) => line.split(/\s+/));
    expect(rows[0]?.slice(0, 5)).toEqual(["NAMESPACE", "NAME", "READY", "STATUS", "RESTARTS"]);
    expect(rows.find((row) => row[1] === "two-containers")?.slice(2, 4)).toEqual(["2/2", "Running"]);
    expect(rows.find((row) => row[1] === "stopped")?.slice(2, 4)).toEqual(["0/1", "Completed"]);
    expect(rows.length).toBe(11);
  });

  test("takes set-based selectors", async () => {
    const { stdout } = await kubectl(program, ["get", "pods", "-l", "app in (weak,hardened)", "-o", "name"]);
    expect(stdout.trim().split("\n").sort()).toEqual(["pod/hardened", "pod/weak"]);
  });

  test.each(["1.27", "1.31", "1.36"] as const)(
    "execs with stdin, separate outputs and the exit code on %s",
    async (version) => {
      cluster.behaveLike(version);
      const ran = await kubectl(
        program,
        ["exec", "-i", "weak", "--", "/bin/sh", "-c", "cat; echo problem >&2; exit 7"],
        Buffer.from("through stdin\n"),
      );
      cluster.behaveLike("1.36");
      expect(ran.stdout).toBe("through stdin\n");
      expect(ran.stderr).toContain("problem\n");
      expect(ran.code).toBe(7);
    },
  );

  test("says that a scratch image has no shell", async () => {
    const ran = await kubectl(program, ["exec", "scratch", "--", "/bin/sh"]);
    expect(ran.code).not.toBe(0);
    expect(ran.stderr).toContain("stat /bin/sh: no such file or directory");
  });

  test("passes a refusal on in Kubernetes' words", async () => {
    const ran = await kubectl(program, ["--context", "nobody", "get", "pods"]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain(
      'pods is forbidden: User "system:serviceaccount:muster:nobody" cannot list resource "pods" in API group "" in the namespace "demo"',
    );
  });
});
