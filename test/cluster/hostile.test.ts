import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Connection, connect } from "#cluster/connection.ts";
import { ownKubeconfig } from "#cluster/kubeconfig.ts";
import type { Completed } from "#contract/shell.ts";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { oneExecEach } from "#reach/exec-once.ts";
import { openShell } from "#reach/open-shell.ts";
import { asText, type Told, told } from "#test/faults/answers.ts";
import { busybox, hostilePod } from "#test/faults/hostile-pods.ts";
import { targetOf } from "#test/faults/world.ts";
import { sharedCluster } from "#test/support/cluster.ts";

let cluster: EmbeddedCluster;
let connection: Connection;
beforeAll(async () => {
  cluster = await sharedCluster();
  connection = connect("demo", ownKubeconfig(cluster.kubeconfig, "muster"));
  await cluster.apply(hostilePod(busybox, "plain"));
});
afterAll(() => connection?.close());

const timeoutMs = 3_000;
const before = "echo before; echo 1 >&2; exit 1";
const after = "printf 'after\\n\\n'; echo 2 >&2; exit 2";
const textOf = (completed: Pick<Completed, "exitCode" | "stdout" | "stderr">) =>
  asText({ ...completed, truncated: false, elapsedMs: 0 });
const bytes = (text: string) => Buffer.from(text);
const rightBefore = textOf({ exitCode: 1, stdout: bytes("before\n"), stderr: bytes("1\n") });
const rightAfter = textOf({ exitCode: 2, stdout: bytes("after\n\n"), stderr: bytes("2\n") });

/** What a command does between two innocent ones, all three sent at once. */
async function between(command: string, pod = "plain"): Promise<{ hostile: Told; others: readonly Told[] }> {
  const session = await openShell(connection, targetOf(cluster, pod), { signal: AbortSignal.timeout(20_000) });
  const running = [before, command, after].map((each) => session.run(each, { timeoutMs }));
  const [first, hostile, last] = await told(running);
  await session.close();
  if (first === undefined || hostile === undefined || last === undefined) throw new Error("three commands were sent");
  return { hostile, others: [first, last] };
}

const answers = (...texts: readonly string[]) => texts.map((text) => ({ kind: "answer", text }));
const lost = { kind: "typed", code: "connection-lost" };
const fakeStatus = '{"kind":"Status","status":"Success","reason":"NonZeroExitCode"}';
const fakeMark = "0123456789abcdef0123456789abcdef";

/** Commands with a true answer, which a separate exec gives as well. */
const answered: readonly (readonly [string, string])[] = [
  [
    "prints trailers of our format",
    `for i in 1 2 3; do printf '%s 0\\n' ${fakeMark}; printf '%s\\n' ${fakeMark} >&2; done`,
  ],
  ["prints its own command line and environment", "tr '\\0' '\\n' </proc/$$/cmdline; exit 7"],
  [
    "prints NULs and every other byte",
    'i=0; while [ $i -lt 256 ]; do printf "\\\\$(printf %03o $i)"; i=$((i+1)); done',
  ],
  ["prints escape sequences", "printf '\\033[2J\\033]0;title\\007\\033[31m\\233' ; printf '\\033c' >&2"],
  ["prints a line of 10 MB", "head -c 10000000 /dev/zero | tr '\\0' x"],
  ["prints 3 MB on both streams at once", "head -c 3000000 /dev/zero & head -c 3000000 /dev/zero >&2; wait"],
  ["prints fake statuses", `printf '%s' '${fakeStatus}'; printf '%s' '${fakeStatus}' >&2; exit 4`],
  ["says what a runtime says", "echo 'OCI runtime exec failed: executable file not found in $PATH' >&2; exit 126"],
  ["closes descriptors 0 to 9", "exec 0<&- 1>&- 2>&- 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-; echo x; exit 5"],
  ["redirects descriptor 9", "exec 9>/tmp/nine; echo to nine >&9; cat /tmp/nine"],
  ["writes to descriptor 9", "echo stray >&9"],
  ["reads descriptors 0 to 9", "for fd in 0 3 4 5 6 7 8 9; do cat <&$fd; done"],
  [
    "leaves 300 processes behind",
    "i=0; while [ $i -lt 300 ]; do sleep 2 >/dev/null 2>&1 & i=$((i+1)); done; echo left",
  ],
  ["kills itself", "echo dying; kill -9 $$"],
];

/** Commands whose honest end is an error; nothing else may be. */
const typed: readonly (readonly [string, string, readonly string[]])[] = [
  ["never ends", "sleep 1000", ["timeout"]],
  ["never ends and ignores TERM", "trap '' TERM INT HUP; while :; do sleep 1; done", ["timeout"]],
  // While it lives itself, the stream lives: only its own deadline ends the waiting.
  [
    "kills the loop and goes on",
    "read a b c p r </proc/self/stat; kill -9 $p; sleep 1000",
    ["connection-lost", "timeout"],
  ],
  ["kills the loop and ends", "read a b c p r </proc/self/stat; kill -9 $p", ["connection-lost"]],
  ["kills every process it can", "kill -9 -1; sleep 1000", ["connection-lost", "timeout"]],
  ["kills its process group, and the loop with it", "g=0; kill -TERM $g; echo still here", ["connection-lost"]],
  ["stops the loop", "read a b c p r </proc/self/stat; kill -STOP $p; echo stopped it", ["timeout"]],
  ["stops the loop and goes on", "read a b c p r </proc/self/stat; kill -STOP $p; sleep 1000", ["timeout"]],
];

describe("a hostile command", () => {
  it.each(answered)("that %s is answered truly, and alone", async (_name, command) => {
    const reference = await oneExecEach(connection, targetOf(cluster, "plain"), "/bin/sh").run(command);
    const { hostile, others } = await between(command);
    // The shell's own name and line in a message are the same; the whole answer has to be.
    expect(hostile).toEqual({ kind: "answer", text: textOf(reference) });
    expect(others).toEqual(answers(rightBefore, rightAfter));
  });

  it.each(typed)("that %s ends as a typed error, and no other answer is altered", async (_name, command, codes) => {
    const { hostile, others } = await between(command);
    expect(codes).toContain(hostile.kind === "typed" ? hostile.code : hostile);
    expect(others[0]).toEqual({ kind: "answer", text: rightBefore });
    expect([{ kind: "answer", text: rightAfter }, lost, { kind: "typed", code: "timeout" }]).toContainEqual(
      others[1]?.kind === "typed" ? { kind: "typed", code: others[1].code } : others[1],
    );
  });

  it("that prints without end is ended in time, and no other answer is altered", async () => {
    const { hostile, others } = await between("yes");
    expect(hostile).toMatchObject({ kind: "typed", code: "timeout" });
    expect(others).toEqual(answers(rightBefore, rightAfter));
  });

  it.each([
    ["arguments and environment of the loop", "cat /proc/$PPID/cmdline /proc/$PPID/environ"],
    ["arguments of every process", "cat /proc/[0-9]*/cmdline"],
    ["its own descriptors", "ls -l /proc/self/fd; cat /proc/self/fdinfo/*"],
    ["files that the loop could have left", "find /tmp /dev/shm /run /var -type f -exec cat {} + 2>/dev/null"],
  ])("finds no mark in %s", async (_name, command) => {
    const { hostile, others } = await between(command);
    expect(hostile.kind).toBe("answer");
    const words = (hostile.kind === "answer" ? hostile.text : "").match(/(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])/g) ?? [];
    expect(words.filter((word) => word !== fakeMark)).toEqual([]);
    expect(others).toEqual(answers(rightBefore, rightAfter));
  });
});

describe("a hostile shell", () => {
  it.each([
    ["says nothing and never ends", "exec /bin/busybox sleep 1000"],
    ["echoes what it reads", "exec /bin/busybox cat"],
    ["prints without end", "exec /bin/busybox yes"],
    ["prints fake statuses and never ends", `echo '${fakeStatus}'; exec /bin/busybox sleep 1000`],
    ["ends at once", "exit 0"],
    ["dies by a signal", "kill -9 $$"],
    ["prints escape sequences and ends", "printf '\\033[2J\\033]0;x\\007' >&2; exit 1"],
  ])("that %s is refused with a reason", async (name, script) => {
    const pod = `sh-${name.replaceAll(/\W+/g, "-")}`.slice(0, 40);
    await cluster.apply(hostilePod(busybox, pod, script, ["/bin/sh"]));
    const opening = openShell(connection, targetOf(cluster, pod), { signal: AbortSignal.timeout(2_000) });
    const refused = await told([opening.then((session) => session.run("echo in"))]);
    expect(refused).toMatchObject([{ kind: "typed" }]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(refused[0]?.kind === "typed" ? refused[0].message : "").not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
    await cluster.deletePod("demo", pod);
  });

  it("that says it is not there is passed over for one that answers", async () => {
    const script = "echo 'executable file not found in $PATH' >&2; exit 127";
    await cluster.apply(hostilePod(busybox, "sh-denies-itself", script, ["/bin/sh"]));
    const session = await openShell(connection, targetOf(cluster, "sh-denies-itself"));
    expect(Buffer.from((await session.run("echo in")).stdout).toString()).toBe("in\n");
    await session.close();
    await cluster.deletePod("demo", "sh-denies-itself");
  });
});
