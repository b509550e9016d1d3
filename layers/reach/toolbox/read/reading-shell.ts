import { ScanError } from "#contract/errors.ts";
import type { Completed, RunOptions, Shell, Way } from "#contract/shell.ts";
import { type Target, targetName } from "#contract/target.ts";
import { quote } from "../../quoting.ts";
import type { Carrier, Reached } from "../../reached.ts";
import { programAskedFor } from "../questions.ts";
import { type Accounts, accountsFrom, withNames } from "./accounts.ts";
import { compile, type Question } from "./compile.ts";
import { fileQuestion } from "./file-record.ts";

/** Exit codes of the library for what is no answer, and why it is none. */
const unanswered: Readonly<Record<number, string>> = {
  92: "a group of its process's may see what is denied to the reader",
  93: "its programs cannot be run from outside",
  94: "a folder on the way changed at each look",
  95: "this cannot be searched for from outside, or not all the way",
};

const withLibrary = (script: string) => Buffer.from(`eval "$MUSTER"\n${script}`, "latin1");

/** Reads the target's accounts, which name the owners in every answer. Files that are not there name nobody. */
export async function readAccounts(shell: Pick<Shell, "run">): Promise<Accounts> {
  const content = async (path: string) => {
    const { stdout } = await shell.run(withLibrary(`reads cat 1 ${path}`), { timeoutMs: 60_000 });
    return Buffer.from(stdout).toString("latin1");
  };
  const [passwd, group] = await Promise.all([content("/etc/passwd"), content("/etc/group")]);
  return accountsFrom(passwd, group);
}

/** Names of the programs that the toolbox has and the target must not be thought to have. */
export async function readLent(shell: Pick<Shell, "run">): Promise<ReadonlySet<string>> {
  const { stdout } = await shell.run("/bin/busybox --list", { timeoutMs: 60_000 });
  return new Set([...Buffer.from(stdout).toString("latin1").split("\n"), ...notOneself]);
}

/** Answers of these would be of the toolbox. */
const notOneself = ["su", "apk", "rpm", "dpkg", "dpkg-query", "opkg", "pacman"];

/**
 * A Shell beside a target that has none and cannot be entered: files are read, and what is understood of a command is
 * answered from them. Every other command is never run and ends as `no-shell`.
 */
export function readingShell(
  carrier: Carrier,
  way: Way,
  target: Target,
  accounts: Accounts,
  lent: ReadonlySet<string>,
  reasons: readonly string[],
): Reached {
  const refuse = (why: string) =>
    new ScanError("no-shell", `${targetName(target)}: no shell in the target, and ${why}`);
  return {
    way,
    reasons,
    borrowed: new Set(),
    get execStreams() {
      return carrier.execStreams;
    },
    get traffic() {
      return carrier.traffic;
    },
    async run(command, options: RunOptions = {}): Promise<Completed> {
      const text = Buffer.from(command).toString("latin1");
      const question = options.stdin === undefined ? questionIn(text, lent) : undefined;
      if (question === undefined) throw refuse(`this cannot be asked without one: ${text.slice(0, 120)}`);
      const answer = await carrier.run(withLibrary(question.script), options);
      const why = unanswered[answer.exitCode];
      if (why !== undefined) throw refuse(`${why}: ${text.slice(0, 120)}`);
      if (question.named === undefined) return answer;
      return { ...answer, stdout: named(answer.stdout, question.named, accounts) };
    },
    close: () => carrier.close(),
  };
}

function questionIn(text: string, lent: ReadonlySet<string>): Question | undefined {
  const file = fileQuestion(text);
  if (file !== undefined) {
    // A relative path is one below the target's working folder, which nothing here knows.
    if (!file.path.startsWith("/") && file.path !== "") return undefined;
    return { script: `${file.kind} ${quote(file.path)}`, ...(file.kind === "record" && { named: "record" }) };
  }
  const asked = programAskedFor(text);
  if (asked !== undefined) {
    return { script: `finds ${quote(asked)} ${/\btype\b/.test(text) ? quote(`${asked} is `) : "''"}` };
  }
  return compile(text, (program) => lent.has(program));
}

/** Content behind a record's two lines, or a link's three, may be anything and is left alone. */
function named(stdout: Uint8Array, where: "all" | "record", accounts: Accounts): Uint8Array {
  const text = Buffer.from(stdout).toString("latin1");
  const head = /^(?:[^\n]*L[^\n]*\n[^\n]*\n[^\n]*|[^\n]*\n[^\n]*)/.exec(text)?.[0] ?? "";
  const front = where === "all" ? text : head;
  return Buffer.from(withNames(front, accounts) + text.slice(front.length), "latin1");
}
