import { ScanError } from "#contract/errors.ts";

/** The words that frame one command's output. They travel over stdin only: not in argv, environment or a file. */
export interface Marks {
  readonly begin: string;
  readonly end: string;
}

/**
 * Text that makes the loop shell ready and proves that it is one. Descriptor 9 keeps its stderr, so that what the shell
 * itself has to say ("Killed") can be kept out of a command's stderr. Bash counts its nesting in SHLVL, and the loop must
 * not be counted.
 */
export function greeting(shell: readonly string[], marks: Marks): string {
  const nesting = `[ -z "\${BASH_VERSION-}" ]&&[ "$(${shell.map(quote).join(" ")} -c 'echo \${SHLVL-}')" = "\${SHLVL-}" ]||SHLVL=$((SHLVL-1))`;
  return `exec 9>&2;${nesting};${begin(marks, "$$")};${end(marks, "0")}\n`;
}

/** Linux takes no argument over 128 KiB (MAX_ARG_STRLEN, with its NUL). */
const longestArgumentBytes = 120 * 1024;
/** All arguments together may take a quarter of the stack, 2 MiB; the rest is room for the environment. */
const longestCommandBytes = 1024 * 1024;

/**
 * Text that runs one command as `<shell> -c <command>`, as a separate exec would. The subshell reads its own PID from
 * /proc without a fork, tells it, and becomes the command. The extra `s=$?` keeps the group from being folded into the
 * subshell, where dash would no longer redirect its own words.
 */
export function framed(shell: readonly string[], command: Uint8Array, marks: Marks, stdin?: Uint8Array): Uint8Array {
  if (command.includes(0)) {
    throw new ScanError("bad-request", "a command cannot hold a NUL byte: no argument of a process can");
  }
  if (command.length > longestCommandBytes) {
    throw new ScanError("too-large", `a command may have ${longestCommandBytes} bytes, this one has ${command.length}`);
  }
  const feed = stdin === undefined ? "" : `printf '${octal(stdin)}'|`;
  const input = stdin === undefined ? " </dev/null" : "";
  const head = `{ ${feed}(read p r </proc/self/stat;${begin(marks, '"$p"', 9)};exec ${shell.map(quote).join(" ")} -c `;
  const tail = `${input} 2>&9 9>&-);s=$?;} 2>/dev/null;${end(marks, "$s")}\n`;
  return Buffer.concat([Buffer.from(head), argumentsFor(shell, command), Buffer.from(tail)]);
}

/** The command as one argument, or, when it is too long for one, as several that the shell puts together again. */
function argumentsFor(shell: readonly string[], command: Uint8Array): Buffer {
  if (command.length <= longestArgumentBytes) return quoteBytes(command);
  const pieces: Buffer[] = [];
  for (let start = 0; start < command.length; start += longestArgumentBytes) {
    pieces.push(Buffer.from(" "), quoteBytes(command.subarray(start, start + longestArgumentBytes)));
  }
  const names = Array.from({ length: pieces.length / 2 }, (_, index) => `\${${index + 1}}`).join("");
  return Buffer.concat([Buffer.from(`${quote(`eval "set --;${names}"`)} ${quote(shell.at(-1) ?? "sh")}`), ...pieces]);
}

/**
 * A script that ends a process and all that descend from it, with builtins and /proc alone. Closing the stream would
 * leave them running.
 */
export function stopTree(pid: number): string {
  return `all=" ${pid} ";more=1
while [ $more = 1 ];do more=0
for d in /proc/[0-9]*;do p=
while read -r k v;do case $k in PPid:)p=$v;break;;esac;done 2>/dev/null <$d/status
n=\${d#/proc/}
case "$all" in *" $n "*);;*)case "$all" in *" $p "*)all="$all$n ";more=1;;esac;;esac
done;done
kill -9 $all 2>/dev/null`;
}

/** A word as one shell argument, whatever it holds. */
function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function quoteBytes(bytes: Uint8Array): Buffer {
  // latin1 maps each byte to one character and back, so bytes that are not UTF-8 survive.
  return Buffer.from(quote(Buffer.from(bytes).toString("latin1")), "latin1");
}

const begin = (marks: Marks, pid: string, stderr = 2) =>
  `printf '%s %s\\n' ${marks.begin} ${pid};printf '%s\\n' ${marks.begin} >&${stderr}`;
const end = (marks: Marks, status: string) =>
  `printf '%s %s\\n' ${marks.end} ${status};printf '%s\\n' ${marks.end} >&2`;

/** Every byte as an octal escape of printf: a here-document would need a temporary file in some shells. */
function octal(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
}
