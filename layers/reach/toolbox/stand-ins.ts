import { readFileSync } from "node:fs";
import { quote } from "../quoting.ts";
import { heard, lentShells, lentStarters, lookers } from "./lent-programs.ts";
import { builtins, type Tools } from "./tools.ts";

const functions = readFileSync(new URL("lent.sh", import.meta.url), "utf8").replaceAll(/^ *#.*\n/gm, "");

/**
 * Functions that stand before a command, for the programs that it names anywhere. The toolbox's shell takes its own programs
 * before those of the search path: so the target's are called by their paths. Of those that are lent, `mount` lists the
 * target's mounts, `ps` leaves out what runs in the toolbox, and what does not understand its words ends the command.
 */
export function standIns(command: string, { own, lent }: Tools, pid: number, id: string): string {
  const named = [...new Set(command.match(/[A-Za-z_]\w*/g))].filter((name) => lent.has(name) && !builtins.has(name));
  const lacking = named.filter((name) => !own.has(name));
  const wrapped = lacking.filter((name) => heard.has(name));
  const each = [
    ...named.map((name) => ownOf(name, own.get(name))),
    ...wrapped.map((name) => wrapperOf(name, id)),
    ...(lacking.includes("mount") ? [mountOf(pid)] : []),
  ].join("");
  if (wrapped.length === 0) return each;
  const all = `muster_p=${quote(lookers.join(" "))}\n${functions}${each}`;
  // A shell inside this one is handed the same.
  return wrapped.some((name) => lentShells.includes(name)) ? `muster_t=${quote(all)};eval "$muster_t";` : all;
}

const ownOf = (name: string, path: string | undefined) =>
  path === undefined ? "" : `${name}(){ (exec -a ${name} ${quote(path)} "$@");};`;

function wrapperOf(name: string, id: string): string {
  if (name === "ps") return psOf(id);
  if (name === "find") return 'find(){ muster_find "$@";};';
  if (lentShells.includes(name)) return `${name}(){ muster_sh ${name} "$@";};`;
  const run = lentStarters.includes(name) ? "muster_run" : "command";
  return `${name}(){ ${run} ${name} "$@"||muster_of $? ${name} "$@";};`;
}

const mountOf = (pid: number) =>
  `mount(){ while read -r d p t o r;do printf '%s on %s type %s (%s)\n' "$d" "$p" "$t" "$o";done </proc/${pid}/mounts;};`;

/** Of each line the PID in front tells by its cgroup whose process it is. */
const psOf = (id: string) =>
  `ps(){ muster_ok ps "$@"||muster_no;command ps "$@"|while IFS= read -r l;do n=\${l#"\${l%%[! ]*}"};n=\${n%%[!0-9]*};[ "$n" ]||{ printf '%s\n' "$l";continue;};` +
  `while read -r g;do case $g in *${id}*)printf '%s\n' "$l";break;;esac;done 2>/dev/null </proc/$n/cgroup;done;};`;
