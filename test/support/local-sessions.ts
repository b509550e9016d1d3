import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { Session } from "#reach/session.ts";
import { stopTree } from "#reach/stopping.ts";
import { processStream } from "./process-stream.ts";

/** Sessions in this machine's shells, and a folder that goes with a file's tests. */
export function localSessions() {
  const folder = mkdtempSync(join(tmpdir(), "muster-session-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  symlinkSync("/bin/bash", join(folder, "sh"));
  // As over an exec: bash gives the variable on to what it starts, and this very shell may have got it from one.
  delete process.env._;
  /** Bash under the name `sh` keeps to POSIX, and busybox sh has to be called by its own name. */
  const shells = {
    dash: ["/bin/dash"],
    bash: ["/bin/bash"],
    "bash as sh": [join(folder, "sh")],
    busybox: ["/bin/busybox", "sh"],
  } as const;
  function open(shell: readonly string[], known: readonly string[] = []): Session {
    return new Session({
      shell,
      known,
      open: processStream(shell),
      stop: async (pid, parent) => {
        const [program = "", ...words] = shell;
        const stopper = spawn(program, [...words, "-c", stopTree(pid, parent)], { stdio: "ignore" });
        await new Promise((resolve) => stopper.on("close", resolve));
      },
    });
  }
  return { folder, shells, open };
}
