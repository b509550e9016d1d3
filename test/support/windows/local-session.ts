import { spawn } from "node:child_process";
import { join } from "node:path";
import { afterAll } from "vitest";
import type { ExecEnd } from "#cluster/exec/exit.ts";
import type { SessionLimits } from "#reach/limits.ts";
import { cmd } from "#reach/windows/cmd.ts";
import { loopWords, powershell } from "#reach/windows/powershell.ts";
import { WindowsSession } from "#reach/windows/session.ts";
import { processStream } from "../process-stream.ts";
import { type DoubleOptions, windowsDouble } from "./double.ts";

/** Sessions with the double's processes on this machine, as over an exec. */
export function localWindows(options: DoubleOptions = {}) {
  const double = windowsDouble(options);
  afterAll(double.remove);
  const at = (program: string) => join(double.folder, program);
  const open = (speaks: "powershell" | "cmd", limits?: Partial<SessionLimits>) => {
    const byCmd = `chcp 65001>nul&${loopWords("powershell.exe").join(" ")}`;
    const argv = [at("cmd.exe"), "/d", "/q", ...(speaks === "cmd" ? [] : ["/c", byCmd])];
    let end: (how: ExecEnd) => void = () => undefined;
    const session = new WindowsSession({
      dialect: speaks === "cmd" ? cmd : powershell,
      ...(limits && { limits }),
      open: (listener) => {
        let over = false;
        const stream = processStream(argv)({ ...listener, end: (how) => over || listener.end(how) });
        const { close } = stream;
        const leave = (how: ExecEnd) => {
          if (!over) listener.end(how);
          over = true;
        };
        end = (how) => {
          leave(how);
          stream.destroy();
        };
        // As a socket's: at once, and what the process has started runs on.
        return Object.assign(stream, {
          close: () => {
            leave({ kind: "closed" });
            close();
          },
        });
      },
      stop: async (pid) => {
        const stopper = spawn(at("taskkill.exe"), ["/T", "/F", "/PID", String(pid)], { stdio: "ignore" });
        await new Promise((resolve) => stopper.on("close", resolve));
      },
    });
    return { session, cut: () => end({ kind: "lost", message: "cut" }) };
  };
  return { open, folder: double.folder };
}
