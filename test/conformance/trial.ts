import { type Connection, connect } from "#cluster/connection.ts";
import { asScanError } from "#contract/errors.ts";
import type { Target } from "#contract/target.ts";
import { stillThere } from "#functions/executor/locate.ts";
import { execOnce, oneExecEach } from "#reach/exec-once.ts";
import { openShell } from "#reach/open-shell.ts";
import { ReopeningShell } from "#reach/reopening.ts";
import { type Case, type Context, NotApplicable } from "./case.ts";
import { Mismatch } from "./check.ts";
import { labOn } from "./lab.ts";
import type { Place } from "./place.ts";
import { shown } from "./shown.ts";

/** What came of one case in one container. `why` explains all but `pass`, and is fit for a terminal. */
export interface Trial {
  readonly id: string;
  readonly title: string;
  readonly version: string;
  readonly image: string;
  readonly verdict: "pass" | "fail" | "not-applicable";
  readonly why: string;
  readonly elapsedMs: number;
}

/** A container with what the reference, and not muster's session, found out about it. */
export interface Subject {
  readonly target: Target;
  readonly shell: string;
  readonly tools: ReadonlySet<string>;
}

const shells = ["/bin/sh", "/bin/bash", "/busybox/sh", "sh"];
const wanted =
  "awk cat chmod env find grep head id ln ls mkdir mkfifo od readlink rm sha256sum sleep sort stat touch tr tty wc yes".split(
    " ",
  );

/** Looks at a container by one exec a question. Undefined when no shell answers. */
export async function subjectIn(connection: Connection, target: Target): Promise<Subject | undefined> {
  const look = `for t in ${wanted.join(" ")};do command -v $t >/dev/null && echo $t;done;echo done`;
  for (const shell of shells) {
    const answer = await execOnce(connection, target, [shell, "-c", look]).catch(() => undefined);
    const words = Buffer.from(answer?.stdout ?? "")
      .toString()
      .trim()
      .split("\n");
    if (words.pop() === "done") return { target, shell, tools: new Set(words) };
  }
  return undefined;
}

const defaultTimeoutMs = 60_000;
const reopenTimeoutMs = 30_000;

/** Runs one case in one container, with a connection of its own, and clears away what it made. */
export async function tryCase(each: Case, place: Place, subject: Subject): Promise<Trial> {
  const begun = performance.now();
  const undo: (() => Promise<void> | void)[] = [];
  const verdict = await Promise.race([
    attempt(each, contextFor(place, subject, undo)),
    deadline(each.timeoutMs ?? defaultTimeoutMs, undo),
  ]);
  for (const step of undo.reverse()) await Promise.resolve(step()).catch(() => undefined);
  const { target } = subject;
  const image = place.embedded === undefined ? `${target.namespace}/${target.pod}/${target.container}` : target.pod;
  const elapsedMs = Math.round(performance.now() - begun);
  return { ...verdict, id: each.id, title: each.title, version: place.version, image, elapsedMs };
}

async function attempt(each: Case, context: Context): Promise<Pick<Trial, "verdict" | "why">> {
  try {
    await each.run(context);
    return { verdict: "pass", why: "" };
  } catch (error) {
    if (error instanceof NotApplicable) return { verdict: "not-applicable", why: error.message };
    if (error instanceof Mismatch) return { verdict: "fail", why: error.message };
    const { code, message } = asScanError(error);
    return { verdict: "fail", why: shown(`${code}: ${message}`, 400) };
  }
}

function deadline(timeoutMs: number, undo: (() => void)[]): Promise<Pick<Trial, "verdict" | "why">> {
  return new Promise((resolve) => {
    const why = `it did not end within ${timeoutMs / 1000} s`;
    const timer = setTimeout(() => resolve({ verdict: "fail", why }), timeoutMs);
    undo.push(() => clearTimeout(timer));
  });
}

function contextFor(place: Place, subject: Subject, undo: (() => Promise<void> | void)[]): Context {
  const atEnd = (step: () => Promise<void> | void) => void undo.push(step);
  const reconnect = () => {
    const fresh = connect(place.cluster, place.config());
    atEnd(() => fresh.close());
    return fresh;
  };
  let requests = 0;
  const plain = reconnect();
  const connection: Connection = {
    ...plain,
    authorize() {
      requests += 1;
      return plain.authorize();
    },
  };
  return {
    ...{ connection, reconnect, atEnd },
    ...{ target: subject.target, shell: subject.shell, tools: subject.tools },
    reference: oneExecEach(reconnect(), subject.target, subject.shell),
    lab: place.embedded && labOn(place.embedded, place.cluster, atEnd),
    requests: () => requests,
    async open(target = subject.target, over = connection) {
      const first = await openShell(over, target);
      // As the executor composes it: a lost session is followed by another only in the same run of the container.
      const shell = new ReopeningShell({
        first,
        async open() {
          await stillThere(over, target, AbortSignal.timeout(reopenTimeoutMs));
          return openShell(over, target);
        },
      });
      atEnd(() => shell.close());
      return shell;
    },
  };
}
