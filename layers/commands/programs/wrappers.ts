import type { CommandClass } from "../class.ts";
import { given, type Rule } from "../options.ts";
import { literal } from "../words.ts";

/** A shell with a text that is known whole. Login shells and those that read files first are not. */
const shell: Rule = (args, judge) => {
  const script = literal(args[1]);
  return /^-[eu]*c$/.test(literal(args[0]) ?? "") && script !== undefined ? judge.script(script) : "unknown";
};

/** `busybox APPLET …`, and the same for toybox. */
const box: Rule = (args, judge): CommandClass => {
  const applet = literal(args[0]);
  if (applet === undefined) return args.length === 0 ? "read-only" : "unknown";
  if (/^--(?:list|list-full|help)$/.test(applet)) return args.length === 1 ? "read-only" : "unknown";
  return /^[a-z0-9[]+$/.test(applet) ? judge.command(args) : "unknown";
};

/** `timeout 5 COMMAND …`. */
const timeout: Rule = (args, judge) => {
  const found = given(
    args,
    { flags: "v", valued: "ks", long: "foreground preserve-status kill-after= signal=", leading: true },
    judge,
  );
  const [seconds, ...command] = found?.operands ?? [];
  return /^[0-9]+(?:\.[0-9]+)?[smh]?$/.test(literal(seconds) ?? "") && command.length > 0
    ? judge.command(command)
    : "unknown";
};

const nice: Rule = (args, judge) => {
  const found = given(args, { valued: "n", long: "adjustment=", count: true, leading: true }, judge);
  return found !== undefined && found.operands.length > 0 ? judge.command(found.operands) : "unknown";
};

const ionice: Rule = (args, judge) => {
  const found = given(args, { flags: "t", valued: "cn", leading: true }, judge);
  return found !== undefined && found.operands.length > 0 ? judge.command(found.operands) : "unknown";
};

/** `read -r NAMES`: in bash a name may hold a subscript, and that a command. */
const read: Rule = (args) =>
  args.every((word, at) => (at === 0 ? /^(?:-r|[a-z_][a-z0-9_]*)$/ : /^[a-z_][a-z0-9_]*$/).test(literal(word) ?? ""))
    ? "read-only"
    : "unknown";

/** Programs that run others, and what the shell does itself. */
export const wrappers: Readonly<Record<string, Rule>> = {
  sh: shell,
  bash: shell,
  dash: shell,
  ash: shell,
  busybox: box,
  toybox: box,
  timeout,
  nice,
  ionice,
  read,
};
