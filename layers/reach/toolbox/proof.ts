import { ScanError } from "#contract/errors.ts";
import type { Shell } from "#contract/shell.ts";
import { type Target, targetName } from "#contract/target.ts";
import { bareId, proofQuestion } from "./script.ts";

/**
 * Proves, before the first question, that the shell stands in the target: a process whose cgroup names the target's
 * container has the shell's own root, and that root is the filesystem which this process has mounted at /. Gives
 * the process. Throws `toolbox-refused`.
 */
export async function provePlace(shell: Pick<Shell, "run">, target: Target): Promise<Place> {
  const { stdout, stderr, exitCode } = await shell.run(proofQuestion(target.containerId), { timeoutMs: 30_000 });
  const said = Buffer.from(stdout).toString("latin1");
  const proof = readProof(said);
  const fault = exitCode === 0 ? faultIn(proof, target) : Buffer.from(stderr).toString("utf8").trim() || said;
  if (fault === undefined) {
    const cgroupsApart = proof.cgroups.some((line) => line.includes(":/../"));
    return { pid: proof.pid, uid: proof.uid, gid: proof.gid, cgroupsApart };
  }
  throw new ScanError("toolbox-refused", `${targetName(target)}: the toolbox is not in the target: ${fault}`);
}

/** The target's process, as the toolbox sees it. */
export interface Place {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
  /** Whether the toolbox has a cgroup namespace of its own: what is above it there is shown as `..`. */
  readonly cgroupsApart: boolean;
}

interface Proof extends Omit<Place, "cgroupsApart"> {
  readonly root: string | undefined;
  readonly rootOfProcess: string | undefined;
  /** `major:minor` of the process's root mount. */
  readonly mount: string | undefined;
  readonly cgroups: readonly string[];
}

function readProof(text: string): Proof {
  const lines = text.split("\n").map((line) => line.split(" "));
  const of = (key: string) => lines.find(([word]) => word === key) ?? [];
  return {
    root: of("root")[1],
    rootOfProcess: of("root")[2],
    mount: of("mount")[1],
    cgroups: lines.filter(([word]) => word === "cgroup").map(([, ...rest]) => rest.join(" ")),
    pid: Number(of("pid")[1]),
    uid: Number(of("Uid:")[1]),
    gid: Number(of("Gid:")[1]),
  };
}

function faultIn(proof: Proof, target: Target): string | undefined {
  const { root, rootOfProcess, mount, cgroups, pid, uid, gid } = proof;
  if (!cgroups.some((line) => line.includes(bareId(target.containerId)))) {
    return "no process there belongs to the target's container";
  }
  if (root === undefined || root !== rootOfProcess) return `its root is ${root}, the target's is ${rootOfProcess}`;
  const device = deviceOf(root);
  if (device !== mount) return `its root is on device ${device}, the target's on ${mount}`;
  if (![pid, uid, gid].every(Number.isInteger)) return "the target's process does not tell its user";
  return undefined;
}

/** `major:minor` out of `stat`'s number (linux/kdev_t.h, new_encode_dev: 8 low bits of minor, 12 of major, rest of minor). */
function deviceOf(root: string): string {
  const number = Number(root.split(":")[0]);
  const major = Math.floor(number / 256) % 4096;
  const minor = (number % 256) + Math.floor(number / 1_048_576) * 256;
  return `${major}:${minor}`;
}
