import { windowsClassOf } from "#commands/windows.ts";
import { ownShell } from "../own-shell.ts";
import type { Reached } from "../reached.ts";
import { type Lasting, ReopeningShell } from "../reopening.ts";
import type { WindowsSession } from "./session.ts";

const why = {
  powershell: "The pod runs Windows; commands are asked by PowerShell.",
  cmd: "The pod runs Windows without PowerShell; only what is asked by cmd.exe has an answer.",
} as const;

/** A Windows container's own shell, as every other way is shown. `open` must refuse when the container is another by now. */
export function throughWindows(first: Lasting & Pick<WindowsSession, "speaks">, open: () => Promise<Lasting>): Reached {
  const carrier = new ReopeningShell({ first, open, onlyLooks: (text) => windowsClassOf(text) !== "unknown" });
  return ownShell(carrier, [why[first.speaks]]);
}
