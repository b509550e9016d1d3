import type { Connection } from "#cluster/connection.ts";
import { ExecChannel } from "#cluster/exec/channel.ts";
import { openExec } from "#cluster/exec/handshake.ts";
import { patiently } from "#cluster/retry.ts";
import { printable } from "#cluster/status.ts";
import { ScanError } from "#contract/errors.ts";
import { type Target, targetName } from "#contract/target.ts";
import { execOnce } from "../exec-once.ts";
import { greeted } from "../greeted.ts";
import type { SessionLimits } from "../limits.ts";
import { SessionRefused } from "../loss.ts";
import { refusal } from "../refusal.ts";
import { meaningOf } from "../wording.ts";
import { cmd } from "./cmd.ts";
import type { Dialect } from "./dialect.ts";
import { loopWords, powershell, scriptWords } from "./powershell.ts";
import { WindowsSession } from "./session.ts";

const stopTimeoutMs = 10_000;

/** A way to a loop: what the exec starts, and how a process is ended beside it. */
interface Candidate {
  readonly argv: readonly string[];
  readonly dialect: Dialect;
  readonly stop: (pid: number) => readonly string[];
}

/** `/T` takes the descendants too. */
const taskkill = (pid: number) => `taskkill /T /F /PID ${pid}`;
const cmdWords = ["cmd.exe", "/d", "/q"] as const;

/** The code page is the console's, so that all that is started from here has it. */
const byCmd = (program: string): Candidate => ({
  argv: [...cmdWords, "/c", `chcp 65001>nul&${loopWords(program).join(" ")}`],
  dialect: powershell,
  stop: (pid) => [...cmdWords, "/c", taskkill(pid)],
});

const direct = (program: string): Candidate => ({
  argv: loopWords(program),
  dialect: powershell,
  stop: (pid) => scriptWords(program, `${taskkill(pid)};if(!$?){Stop-Process -Force -Id ${pid}}`),
});

const shells = ["powershell.exe", "pwsh.exe"] as const;
const cmdAlone: Candidate = { argv: cmdWords, dialect: cmd, stop: (pid) => [...cmdWords, "/c", taskkill(pid)] };
const withCmd: readonly Candidate[] = [...shells.map(byCmd), cmdAlone];
const withoutCmd: readonly Candidate[] = shells.map(direct);

export interface OpenWindowsOptions {
  readonly signal?: AbortSignal | undefined;
  readonly limits?: Partial<SessionLimits> | undefined;
  /** Called with a session whose loop has not answered yet: what it runs travels with the first bytes. */
  readonly ahead?: (session: WindowsSession) => void;
}

/**
 * Opens a session in a Windows container. The first exec is cmd.exe, which becomes PowerShell where there is one, and is the
 * session itself where there is none; PowerShell is started directly where there is no cmd.exe. `windows-unsupported` when
 * none of them starts.
 */
export async function openWindows(
  connection: Connection,
  target: Target,
  options: OpenWindowsOptions = {},
): Promise<WindowsSession> {
  const refusals: string[] = [];
  let candidates = withCmd;
  for (let [candidate] = candidates; candidate !== undefined; [candidate] = candidates) {
    try {
      return await attempt(connection, target, candidate, options);
    } catch (error) {
      if (!(error instanceof SessionRefused)) throw error;
      const meaning = meaningOf(error.how, error.words);
      const [program = ""] = candidate.argv;
      // A cmd.exe that ends before the loop answers has run: there is no such PowerShell, or it may not do what it must.
      const ran = error.how.kind === "exited" && error.how.exitCode !== 0 && program === "cmd.exe";
      if (!ran && meaning !== "absent") throw refusal(meaning, error, program, target);
      refusals.push(printable(error.words || (error.how.kind === "refused" ? error.how.message : "")).slice(0, 300));
      candidates = !ran && candidate === withCmd[0] ? withoutCmd : candidates.slice(1);
    }
  }
  const text = `${targetName(target)}: none of cmd.exe, ${shells.join(", ")} starts`;
  throw new ScanError("windows-unsupported", [text, ...refusals.filter(Boolean)].join(": "));
}

async function attempt(
  connection: Connection,
  target: Target,
  { argv, dialect, stop }: Candidate,
  { signal, limits, ahead }: OpenWindowsOptions,
): Promise<WindowsSession> {
  const socket = await patiently(() => openExec(connection, target, argv, { signal }), signal);
  const session = new WindowsSession({
    ...{ dialect, limits },
    open: (listener) => new ExecChannel(socket, listener),
    stop: async (pid) => {
      await execOnce(connection, target, stop(pid), { signal: AbortSignal.timeout(stopTimeoutMs) });
    },
  });
  return greeted(session, { signal, ahead });
}
