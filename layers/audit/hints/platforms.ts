import { fileRecord } from "#commands/file-record.ts";
import type { Completed, Shell } from "#contract/shell.ts";

/** A platform that profiles are dry-run on: the files by which Train tells it. */
export interface Platform {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
}

const osRelease = (id: string, name: string, version: string) =>
  `NAME="${name}"\nID=${id}\nVERSION_ID="${version}"\nPRETTY_NAME="${name} ${version}"\n`;

/** One of each family that containers are mostly made of. */
export const platforms: readonly Platform[] = [
  {
    name: "debian",
    files: { "/etc/debian_version": "12.11\n", "/etc/os-release": osRelease("debian", "Debian GNU/Linux", "12") },
  },
  {
    name: "ubuntu",
    files: {
      "/etc/debian_version": "bookworm/sid\n",
      "/etc/lsb-release": "DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=22.04\nDISTRIB_CODENAME=jammy\n",
      "/etc/os-release": osRelease("ubuntu", "Ubuntu", "22.04"),
    },
  },
  {
    name: "redhat",
    files: {
      "/etc/os-release": osRelease("rhel", "Red Hat Enterprise Linux", "9.4"),
      "/etc/redhat-release": "Red Hat Enterprise Linux release 9.4 (Plow)\n",
    },
  },
  {
    name: "alpine",
    files: { "/etc/alpine-release": "3.20.3\n", "/etc/os-release": osRelease("alpine", "Alpine Linux", "3.20.3") },
  },
];

/**
 * A target that is nothing but its platform: it tells what it is, has no other files, and answers everything else with
 * silence and success. Good for finding out what a profile asks, and for no verdict.
 */
export function emptyTarget({ files }: Platform): Shell {
  return {
    way: "shell",
    run: async (command) => answered(Buffer.from(command).toString("utf8"), files),
    close: async () => undefined,
  };
}

function answered(command: string, files: Platform["files"]): Completed {
  const uname = { "uname -s": "Linux\n", "uname -m": "x86_64\n", "uname -r": "6.1.0\n" }[command];
  if (uname !== undefined) return completed(uname, 0);
  if (command.endsWith(fileRecord)) return completed("\n\n", 1);
  const [, path, cat] = /^test -f (\S+)( && cat \1)?$/.exec(command) ?? [];
  if (path !== undefined) return completed(cat === undefined ? "" : (files[path] ?? ""), path in files ? 0 : 1);
  return completed("", command.startsWith("test ") ? 1 : 0);
}

function completed(stdout: string, exitCode: number): Completed {
  const bytes = { stdout: Buffer.from(stdout), stderr: new Uint8Array(0) };
  return { ...bytes, exitCode, truncated: false, elapsedMs: 0 };
}
