import { detection } from "./static-bundle.ts";

const detecting: ReadonlySet<string> = new Set(detection);

/**
 * Questions of InSpec's own resources that only read, though no tokenizer can tell: they hand file names to a shell. Their
 * one free part is a plain word.
 */
const resources: readonly RegExp[] = [
  /^find \/etc\/apt\/ -name "?\*\.list"? -exec sh -c 'cat \{\} \|\| echo -n' \\;$/,
  /^find \/sys\/class\/net\/[\w.-]+\/ -maxdepth 1 -type f -exec sh -c 'echo "\[\$\(basename \{\}\)\]"; cat \{\} \|\| echo -n' \\;$/,
  /^(?:\/[\w./-]+\/)?pip[\d.]* show [\w.-]+$/,
];

/** Whether a command is one of the auditor's own that only read, whatever a tokenizer makes of it. */
export function isAuditorsOwn(text: string): boolean {
  return detecting.has(text) || resources.some((pattern) => pattern.test(text));
}

/** Questions of InSpec's resources that leave a trace, such as npm's log, but nothing that a question could see. */
const traces: readonly RegExp[] = [
  /^sh -c '(?:cd [\w./-]+ && )?npm (?:-g )?ls (?:--prefix [\w./-]+ )?--json [\w.@/-]+'$/,
];

/** Whether a command is one of the auditor's own that may be sent ahead, once. */
export function leavesTraces(text: string): boolean {
  return traces.some((pattern) => pattern.test(text));
}
