import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { Transform } from "node:stream";

/**
 * runc reports its own failure on the same stderr that the process would use. Until the pid file says that the process
 * began, stderr is held back; if it never did, what was held is runc's own (its log has it too) and is dropped.
 */
export function onlyOfTheProcess(runc: ChildProcess, pidFile: string): Transform {
  let begun: Promise<boolean> | undefined;
  return new Transform({
    transform(chunk, _encoding, done) {
      begun ??= hasBegun(runc, pidFile);
      begun.then((yes) => (yes ? done(null, chunk) : done()));
    },
  });
}

/** runc writes the pid file right after the process began, so a look every 2 ms costs nothing that is seen. */
function hasBegun(runc: ChildProcess, pidFile: string): Promise<boolean> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (existsSync(pidFile)) settle(true);
    };
    const timer = setInterval(look, 2);
    const settle = (yes: boolean): void => {
      clearInterval(timer);
      resolve(yes);
    };
    look();
    if (runc.exitCode === null) runc.once("exit", () => settle(existsSync(pidFile)));
    else settle(existsSync(pidFile));
  });
}
