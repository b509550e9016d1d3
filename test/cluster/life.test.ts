import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { downDaemon, upDaemon } from "#embedded/cluster/daemon-control.ts";
import { readState } from "#embedded/cluster/daemon-state.ts";
import { mountsUnder } from "#embedded/cluster/node/leftovers.ts";

const MUSTER_DIR = resolve(import.meta.dirname, "../../.muster");
let dir = "";
let workloads = "";
beforeAll(() => {
  dir = mkdtempSync(join(MUSTER_DIR, "test-life-"));
  workloads = join(dir, "workloads");
  mkdirSync(workloads);
});
afterAll(async () => {
  await downDaemon(dir);
  rmSync(dir, { recursive: true, force: true });
});

const POD = `
apiVersion: v1
kind: Pod
metadata: { name: alone, namespace: demo }
spec:
  containers: [{ name: main, image: "muster.test/busybox:1", command: ["/bin/sleep", "3600"] }]
`;

/** Command lines of living processes that name a path of this cluster. */
function processesOf(path: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const text = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
        return text.includes(path) && /containerd|daemon\.ts|runc|\bctr\b/.test(text) ? [text] : [];
      } catch {
        return [];
      }
    });
}

const up = () => {
  writeFileSync(join(workloads, "alone.yaml"), POD);
  return upDaemon({ dir, version: "1.31", rttMs: 0, workloads, log: () => {} });
};

test("up gives a cluster that outlives its starter; up again gives the same; down leaves nothing running and nothing mounted", async () => {
  const first = await up();
  expect(first.started).toBe(true);
  expect(statSync(first.state.kubeconfig).mode & 0o777).toBe(0o600);
  const again = await up();
  expect(again).toEqual({ state: first.state, started: false });
  expect(processesOf(dir).length).toBeGreaterThan(0);
  expect(mountsUnder(dir).length).toBeGreaterThan(0);
  expect(await downDaemon(dir)).toBe("stopped");
  expect(processesOf(dir)).toEqual([]);
  expect(mountsUnder(dir)).toEqual([]);
  expect(readState(dir)).toBeUndefined();
  expect(await downDaemon(dir)).toBe("not running");
});

test("a killed daemon is seen as such, and up starts over what it left", async () => {
  const first = await up();
  process.kill(first.state.process.pid, "SIGKILL");
  await expect.poll(() => readState(dir)?.alive).toBe(false);
  const second = await up();
  expect(second.started).toBe(true);
  expect(second.state.process.pid).not.toBe(first.state.process.pid);
  await downDaemon(dir);
  expect(processesOf(dir)).toEqual([]);
});

test("down after a crash ends the containers that the daemon left running", async () => {
  const { state } = await up();
  process.kill(state.process.pid, "SIGKILL");
  await expect.poll(() => readState(dir)?.alive).toBe(false);
  expect(await downDaemon(dir)).toBe("cleaned");
  expect(processesOf(dir)).toEqual([]);
  expect(mountsUnder(dir)).toEqual([]);
});

test("manifests that cannot be read fail the start with file and reason, and leave nothing", async () => {
  writeFileSync(join(workloads, "bad.yaml"), "apiVersion: v1\nkind: Spaceship\nmetadata: { name: x }\n");
  await expect(up()).rejects.toThrow("bad.yaml, document 1: this cluster serves no Spaceship of v1");
  rmSync(join(workloads, "bad.yaml"));
  expect(processesOf(dir)).toEqual([]);
});

test("without root it says so in one line and ends with 2", async () => {
  const script = `import { clusterCommand } from ${JSON.stringify(resolve(import.meta.dirname, "../../cli/verbs/cluster.ts"))}; await clusterCommand().parseAsync(["up", "--dir", "/tmp/muster-none"], { from: "user" });`;
  const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", script], {
    uid: 65534,
    gid: 65534,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const stderr: Uint8Array[] = [];
  child.stderr.on("data", (chunk: Uint8Array) => stderr.push(chunk));
  const [code] = await once(child, "close");
  expect(Buffer.concat(stderr).toString()).toBe("the embedded cluster runs containers itself: start it as root\n");
  expect(code).toBe(2);
});
