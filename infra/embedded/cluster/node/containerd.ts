import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { endProcess, identify, isAlive, type ProcessIdentity } from "../process-identity.ts";
import { type ContainerdPaths, containerdConfig } from "./containerd-config.ts";
import { type Cri, connectCri } from "./cri.ts";
import { endShims, removePodCgroups, unmountUnder } from "./leftovers.ts";

/** A running private containerd. `stop` ends every sandbox, the process, its shims and its mounts. */
export interface Containerd {
  readonly paths: ContainerdPaths;
  readonly cri: Cri;
  readonly pid: number;
  /** Where images have to be unpacked to be used. */
  readonly snapshotter: string;
  readonly stop: () => Promise<void>;
}

const START_DEADLINE_MS = 20_000;
const STOP_GRACE_MS = 5_000;

/**
 * Starts containerd on `<baseDir>/containerd` and waits until its CRI answers. Needs root.
 * What an earlier run left there (a process, sandboxes, shims, mounts) is ended first, so a start after a crash is a clean one.
 * Throws with the tail of containerd's log when it does not come up.
 */
export async function startContainerd(baseDir: string, pauseImage: string): Promise<Containerd> {
  const paths = containerdPaths(baseDir);
  await endEarlierRun(paths);
  for (const dir of [paths.root, paths.state, paths.runcRoot, paths.opt, join(paths.socket, "..")]) {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
  }
  const snapshotter = snapshotterFor(paths.root);
  writeFileSync(paths.configFile, containerdConfig(paths, pauseImage, snapshotter));
  const log = openSync(paths.logFile, "w");
  // Its own process group, so that Ctrl-C in a terminal reaches only us and the pods can still be stopped through it.
  const child = spawn("containerd", ["--config", paths.configFile], { stdio: ["ignore", log, log], detached: true });
  closeSync(log);
  const failed = new Promise<never>((_, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`containerd ended with ${code}: ${tail(paths.logFile)}`)));
  });
  failed.catch(() => {}); // it also ends, rightly, when we stop it
  const cri = connectCri(paths.socket);
  const pid = child.pid;
  if (pid === undefined) return failed;
  writeFileSync(paths.pidFile, JSON.stringify(identify(pid) ?? { pid, startTicks: "" }));
  await Promise.race([ready(cri, paths), failed]);
  await removeSandboxes(cri);
  child.unref();
  const stop = async (): Promise<void> => {
    try {
      await removeSandboxes(cri);
    } finally {
      cri.close();
      await endEarlierRun(paths);
    }
  };
  return { paths, cri, pid, snapshotter, stop };
}

/** Overlays do not stack: where the machine itself is an overlay (a container), layers are copied instead. */
function snapshotterFor(root: string): string {
  const OVERLAYFS_MAGIC = 0x794c7630; // linux/magic.h
  return statfsSync(root).type === OVERLAYFS_MAGIC ? "native" : "overlayfs";
}

/** Ends what a crashed run left in a folder: containerd, shims, mounts. True when there was a process to end. */
export async function cleanUpContainerd(baseDir: string): Promise<boolean> {
  const paths = containerdPaths(resolve(baseDir));
  const left = readIdentity(paths.pidFile);
  await endEarlierRun(paths);
  return left !== undefined;
}

function containerdPaths(baseDir: string): ContainerdPaths {
  const own = join(baseDir, "containerd");
  const short = createHash("sha256").update(baseDir).digest("hex").slice(0, 12);
  return {
    root: join(own, "root"),
    state: join(own, "state"),
    runcRoot: join(own, "runc"),
    opt: join(own, "opt"),
    configFile: join(own, "config.toml"),
    logFile: join(own, "containerd.log"),
    pidFile: join(own, "containerd.pid.json"),
    socket: `/run/muster/${short}/containerd.sock`,
  };
}

async function ready(cri: Cri, paths: ContainerdPaths): Promise<void> {
  const deadline = Date.now() + START_DEADLINE_MS;
  for (;;) {
    try {
      await cri.version();
      return;
    } catch (cause) {
      if (Date.now() > deadline) throw new Error(`containerd does not answer: ${tail(paths.logFile)}`, { cause });
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
  }
}

/** Two at a time: more only queue up inside containerd on a two-core machine. */
async function removeSandboxes(cri: Cri): Promise<void> {
  const ids = [...(await cri.listPodSandboxes())];
  const worker = async (): Promise<void> => {
    for (let id = ids.pop(); id !== undefined; id = ids.pop()) {
      await cri.stopPodSandbox(id);
      await cri.removePodSandbox(id);
    }
  };
  await Promise.all([worker(), worker(), worker()]);
}

async function endEarlierRun(paths: ContainerdPaths): Promise<void> {
  const recorded = readIdentity(paths.pidFile);
  if (recorded !== undefined && isAlive(recorded)) await endProcess(recorded, STOP_GRACE_MS);
  await endShims(paths.socket);
  unmountUnder(join(paths.state, ".."));
  // Task state of shims that are gone only makes the next containerd try to reach them.
  rmSync(paths.state, { recursive: true, force: true });
  rmSync(paths.runcRoot, { recursive: true, force: true });
  rmSync(paths.pidFile, { force: true });
  rmSync(join(paths.socket, ".."), { recursive: true, force: true });
  removePodCgroups();
}

function readIdentity(file: string): ProcessIdentity | undefined {
  try {
    // Written by this module only.
    return JSON.parse(readFileSync(file, "utf8")) as ProcessIdentity;
  } catch {
    return undefined;
  }
}

function tail(file: string): string {
  return readFileSync(file, "utf8").trim().split("\n").slice(-4).join("\n");
}
