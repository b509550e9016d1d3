import { quote } from "./quoting.ts";
import type { Marks } from "./script.ts";

/** Reads the PID that was given out last in the container: whoever is started next has the one after it. */
const lastPid = "read -r muster_l <$muster_r";
/** Where that PID is the last word: the short one of them, for a shell that reads byte by byte. */
const lastPidFiles = "/proc/sys/kernel/ns_last_pid /proc/loadavg /dev/null";

/** Says the begin mark and, without a fork, the PID of the subshell that is about to become the command. */
const ownPid = `printf '%s %s\\n' "$1" /proc/self/task/*`;
/** A process that was killed keeps its pipes for a moment; this many looks take some milliseconds. */
const looks = 40;

/**
 * Text that makes a shell the loop of a session and proves that it is one. It defines the words of `Script`. Each command's
 * end mark stands on both streams, followed on stdout by the exit code and the PID that the next command will have.
 *
 * - Descriptor 9 keeps the loop's stderr, so that what the shell itself has to say ("Killed") stays out of a command's.
 * - `m` runs a command without a subshell: dash starts it by vfork then, a fifth cheaper, but "Killed" is added to the stderr
 *   of a command that a signal ended. Bash forks anyway, and what it starts itself would get `_` in its environment.
 * - When more processes than the command's own were started, `muster_w` looks for one that still holds the loop's stdout or
 *   stderr. One exec a command would wait for it, so the loop names it and ends: what it writes is that command's output.
 * - Bash counts its nesting in SHLVL, and the loop must not be counted.
 */
export function greeting(shell: readonly string[], marks: Marks): string {
  const run = `${shell.map(quote).join(" ")} -c "$@"`;
  const lines = [
    "exec 9>&2",
    `[ -z "\${BASH_VERSION-}" ]&&[ "$(${shell.map(quote).join(" ")} -c 'echo \${SHLVL-}')" = "\${SHLVL-}" ]||SHLVL=$((SHLVL-1))`,
    `muster_w(){ muster_i=0;while [ $muster_i -lt ${looks} ];do muster_i=$((muster_i+1)) muster_h=;set -- /proc/[0-9]*;[ "$*" = "$muster_k" ]&&return;for muster_p in "$@";do case " $muster_k " in *" $muster_p "*);;*)for muster_f in $muster_p/fd/*;do if [ $muster_f -ef /proc/$$/fd/1 ]||[ $muster_f -ef /proc/$$/fd/2 ];then muster_h="$muster_h \${muster_p#/proc/}";break;fi;done;;esac;done;[ -z "$muster_h" ]&&break;done;muster_k="$*";}`,
    `muster_z(){ [ "\${muster_l##* }" = "$muster_n" ]||muster_w;muster_n=$((\${muster_l##* }+1));printf '%s %s %s%s\\n' "$muster_e" "$muster_s" "$muster_n" "$muster_h";printf '%s%s\\n' "$muster_e" "$muster_h" >&2;[ -z "$muster_h" ]||exit;}`,
    `m(){ muster_e=$1;shift;${run} </dev/null 9>&-;muster_s=$?;${lastPid};muster_z;}`,
    `[ -z "\${BASH_VERSION-}" ]||m(){ muster_e=$1;shift;{ (exec ${run} </dev/null 2>&9 9>&-);muster_s=$?;${lastPid};} 2>/dev/null;muster_z;}`,
    `M(){ ${lastPid};muster_n=$((\${muster_l##* }+1));printf '%s %s\\n' "$1" "$muster_n";printf '%s\\n' "$1" >&2;shift;m "$@";}`,
    `s(){ muster_e=$2;{ (${ownPid};shift 2;exec ${run} </dev/null 2>&9 9>&-);muster_s=$?;${lastPid};} 2>/dev/null;muster_z;}`,
    `S(){ printf '%s\\n' "$1" >&2;s "$@";}`,
    `f(){ muster_e=$2;{ printf "$3"|(${ownPid};shift 3;exec ${run} 2>&9 9>&-);muster_s=$?;${lastPid};} 2>/dev/null;muster_z;}`,
    `F(){ printf '%s\\n' "$1" >&2;f "$@";}`,
    `for muster_r in ${lastPidFiles};do { ${lastPid};} 2>/dev/null&&break;done;muster_h=;set -- /proc/[0-9]*;muster_k="$*";set --`,
    `printf '%s %s\\n' ${marks.begin} $$;printf '%s\\n' ${marks.begin} >&2`,
    `muster_n=\${muster_l##* } muster_e=${marks.end} muster_s=0;muster_z`,
  ];
  return `${lines.join("\n")}\n`;
}

/** The PID in what stands behind a mark: a number, or the folder of the process's only thread. */
export function pidIn(note: string): number {
  return Number(/(?:^|\/)(\d+)$/.exec(note)?.[1] ?? 0);
}

/** What stands behind a command's end mark. */
export interface Ending {
  /** Undefined when it is none, as no loop of ours would say it. */
  readonly exitCode: number | undefined;
  /** Of the next command's process; 0 when it cannot be known. */
  readonly nextPid: number;
  /** Processes that still hold the loop's streams. With any, the loop has ended. */
  readonly holders: readonly number[];
}

/** Reads an end mark's note of stdout. */
export function endingOf(note: string): Ending {
  const [code = "", next = "", ...holders] = note.split(" ");
  return {
    exitCode: /^\d{1,3}$/.test(code) ? Number(code) : undefined,
    nextPid: pidIn(next),
    holders: holders.map(Number).filter((pid) => pid > 1),
  };
}
