import { fileRecord } from "#commands/file-record.ts";
import { windowsDetection } from "#commands/windows.ts";
import { questionOf } from "./question.ts";
import type { Stretch } from "./stretch.ts";

const contentsOf = (...paths: readonly string[]) => paths.map((path) => `test -f ${path} && cat ${path}`);
const isFile = (...paths: readonly string[]) => paths.map((path) => `test -f ${path}`);
const recordsOf = (...paths: readonly string[]) => paths.map((path) => `p='${path}';${fileRecord}`);

/** What Train 3.16 asks of a Linux target to find out which one it is, in its order. */
export const detection: readonly string[] = [
  ...["uname -s", "uname -m"],
  ...isFile("/etc/debian_version"),
  ...contentsOf("/etc/lsb-release", "/usr/bin/lsb-release", "/etc/os-release"),
  ...isFile("/usr/bin/raspi-config"),
  ...contentsOf("/etc/debian_version", "/etc/redhat-release", "/etc/oracle-release", "/etc/enterprise-release"),
  ...contentsOf("/etc/parallels-release", "/etc/system-release", "/etc/SuSE-release", "/etc/alpine-release"),
  ...isFile("/etc/coreos/update.conf", "/usr/bin/FastCli", "/etc/arch-release", "/etc/exherbo-release"),
  ...contentsOf("/etc/issue", "/etc/slackware-version", "/etc/gentoo-release"),
  ...["show version", "version"],
];

/**
 * What nearly every profile asks: the platform, whether this is a container or a virtual machine, accounts, mounts and
 * the environment. Sent where nothing is remembered of a profile. All of it only reads.
 */
const everybodys: readonly string[] = [
  ...detection,
  ...["mount", "env", "uname -r"],
  ...["lxc-version", "docker", "nova"].map((program) => `sh -c 'type "${program}"'`),
  ...recordsOf(
    "/proc/xen/capabilities",
    "/proc/modules",
    "/proc/cpuinfo",
    "/sys/devices/virtual/misc/kvm",
    "/proc/bc/0",
  ),
  ...recordsOf("/proc/vz", "/proc/bus/pci/devices", "/proc/self/status", "/proc/self/cgroup", "/.dockerenv"),
  ...recordsOf("/.dockerinit", "/dev/lxd/sock", "/var/lib/lxd/devlxd", "/sys/devices/virtual/dmi/id/product_name"),
  ...recordsOf("/etc/passwd", "/etc/group", "/etc/shadow", "/etc/login.defs"),
];

/** The plan where nothing is remembered of a profile. Of Windows only the platform is asked. */
export function aheadOfAll({ windows = false }: { readonly windows?: boolean } = {}): readonly Stretch[] {
  const commands = windows ? windowsDetection : everybodys;
  const first = commands.map((command) => questionOf(Buffer.from(command), undefined, windows));
  return [{ first, alone: [], second: [], barrier: undefined }];
}
