import type { Case } from "../case.ts";
import { agree } from "../check.ts";

const endings = [
  { command: "exit 42", exitCode: 42 },
  { command: "exec echo replaced", stdout: "replaced\n", exitCode: 0 },
  { command: "exec false", exitCode: 1 },
  { command: "kill -9 $$", exitCode: 137 },
  { command: "set -e; false; echo not reached", stdout: "", exitCode: 1 },
  { command: "set -u; echo $not_set_anywhere; echo not reached", stdout: "" },
  { command: "exec >/dev/null; echo gone", stdout: "" },
  { command: "exec 1>&-; echo gone", stdout: "" },
  { command: "exec 2>&-; echo gone >&2; exit 3", stdout: "", exitCode: 3 },
  { command: "exec 0<&- 1>&- 2>&-; exit 8", stdout: "", stderr: "", exitCode: 8 },
  { command: "return 5 2>/dev/null; break; continue; logout" },
];

const leaking = `cd /; umask 077; export LEAK=1; LEAK2=1; f() { :; }; alias ll=ls; trap 'echo trapped' EXIT; set -f
ulimit -n 64; IFS=:; PATH=/nonexistent; HOME=/nonexistent; sleep 5 >/dev/null 2>&1 & shift; readonly R=1; exec 7>/dev/null`;

const leaks = `pwd; umask; echo [\${LEAK-}\${LEAK2-}]; type f >/dev/null 2>&1 || echo no f; alias; trap; echo $- /etc/pass*
ulimit -n; printf %s "$IFS"; echo $PATH $HOME; jobs; echo "[$!]"; R=2; echo $R; (echo x >&7) 2>/dev/null || echo no 7`;

/** A command touches no other command. */
export const isolation: readonly Case[] = [
  {
    id: "T21",
    title: "`exit`, `exec`, `kill $$` and `set -e` end their own command only",
    why: "In a shared shell one control's `exit 1` ends the session of all that follow.",
    run: (context) =>
      agree(
        context,
        endings.flatMap((probe) => [probe, { command: "echo still here", stdout: "still here\n", exitCode: 0 }]),
      ),
  },
  {
    id: "T22",
    title: "directory, environment, umask, functions, traps, limits and jobs do not leak",
    why: "A leak makes a verdict depend on which controls ran before it.",
    run: (context) => agree(context, [{ command: leaks }, { command: leaking }, { command: leaks }]),
  },
];
