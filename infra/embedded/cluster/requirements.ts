import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** This machine cannot run the cluster; the message says what is missing and how to get it. */
export class RequirementError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "RequirementError";
  }
}

const PROGRAMS = ["containerd", "containerd-shim-runc-v2", "ctr", "runc"];

/** Throws RequirementError unless this is root on a Linux with containerd and runc. */
export function requireMachine(): void {
  if (process.platform !== "linux") throw new RequirementError("the embedded cluster runs real containers: Linux only");
  if (process.getuid?.() !== 0)
    throw new RequirementError("the embedded cluster runs containers itself: start it as root");
  const missing = PROGRAMS.filter((program) => !isOnPath(program));
  if (missing.length > 0) {
    throw new RequirementError(`not installed: ${missing.join(", ")}. On Debian: apt-get install containerd runc`);
  }
}

function isOnPath(program: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((dir) => {
    try {
      accessSync(join(dir, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
