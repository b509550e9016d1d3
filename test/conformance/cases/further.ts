import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type Case, requireTools } from "../case.ts";
import { agree, answers, failsWith, holds, sameAnswer, sameBytes } from "../check.ts";

/** What users of `kubectl exec` expect besides, from T57 on. */
export const further: readonly Case[] = [
  {
    id: "T57",
    title: "user, groups, capabilities, limits, umask, directory and environment are those of a plain exec",
    why: "Controls on users and umask must see what the container gives, not what the session made of it.",
    run: (context) =>
      agree(context, [
        { command: 'id; umask; pwd; echo $0 $# "$*" $-' },
        { command: "ulimit -n; ulimit -c; ulimit -s" },
        { command: "env | grep -v '^_=' | sort" },
        { command: "grep -E '^(Uid|Gid|Groups|Cap|NoNewPrivs|Seccomp)' /proc/self/status" },
        { command: "echo ${SHLVL-none} ${OLDPWD-none} ${PS1-none} ${IFS-none} ${LINENO-none}" },
      ]),
  },
  {
    id: "T58",
    title: "a command inherits no descriptor and no signal setting from the session",
    why: "A leaked descriptor lets a command write into other answers; an ignored SIGPIPE makes `head` hang its source.",
    run: (context) =>
      agree(context, [
        { command: "grep -E '^Sig(Blk|Ign|Cgt)' /proc/self/status" },
        {
          command: "for n in 3 4 5 6 7 8 9; do (: >&$n) 2>/dev/null && echo $n is open; done; echo looked",
          stdout: "looked\n",
        },
        { command: "yes | head -n 2", stdout: "y\ny\n", exitCode: 0 },
        { command: "ls /proc/self/fd | head -n 3", stdout: "0\n1\n2\n" },
      ]),
  },
  {
    id: "T59",
    title: "there is no terminal",
    why: "Programs colour, page and ask questions as soon as they see one.",
    run: (context) =>
      agree(context, [
        { command: "for n in 0 1 2; do [ -t $n ] && echo $n; done; echo none", stdout: "none\n" },
        { command: "(: </dev/tty) 2>/dev/null && echo a terminal; echo looked", stdout: "looked\n" },
      ]),
  },
  {
    id: "T60",
    title: "a command that kills the session's own shell gives no answer, and no other command's",
    why: "`kill $PPID` in one control must not turn into the next control's verdict.",
    run: async (context) => {
      const session = await context.open();
      // In the plain it goes over a stream of its own, where it has no parent.
      await agree(context, [{ command: "echo last words; kill -9 $PPID" }]);
      const hidden = "while read -r k v; do case $k in PPid:) kill -9 $v;; esac; done </proc/$$/status";
      const [killed, next] = await Promise.allSettled([
        session.run(`echo last words; ${hidden}`),
        session.run("echo next; exit 3"),
      ]);
      await failsWith("the command that killed it", settled(killed), "connection-lost");
      if (next.status === "fulfilled") {
        sameBytes("the next command", next.value.stdout, "next\n");
        holds(next.value.exitCode === 3, `the next command's exit code ${next.value.exitCode}`);
      } else await failsWith("the next command", settled(next), "connection-lost");
    },
  },
  {
    id: "T61",
    title: "much on both streams by turns does not block",
    why: "A reader that takes one stream first waits for ever once the other is full.",
    run: async (context) => {
      const text = "x".repeat(1_000);
      const loop = `i=0; while [ $i -lt 1000 ]; do echo ${text}; echo ${text} >&2; i=$((i+1)); done; exit 3`;
      const all = `${text}\n`.repeat(1_000);
      await answers(await context.open(), { command: loop, stdout: all, stderr: all, exitCode: 3 });
    },
  },
  {
    id: "T62",
    title: "an empty command, blanks and a comment alone end with 0, as `sh -c` does",
    why: "Profiles build commands from inputs, and an input may be empty.",
    run: (context) =>
      agree(
        context,
        ["", " ", "\n", "# nothing", ":", "\t\n#x\n"].map((command) => ({
          command,
          stdout: "",
          stderr: "",
          exitCode: 0,
        })),
      ),
  },
  {
    id: "T63",
    title: "a NUL byte in a command is refused, and not cut off there",
    why: "What is left of the command would run, and mean something else.",
    run: async (context) => {
      const session = await context.open();
      await failsWith("a command with NUL", session.run("echo a\0; echo b"), "bad-request");
      await answers(session, { command: "echo next", stdout: "next\n" });
    },
  },
  {
    id: "T64",
    title: "two sessions in one container keep to themselves",
    why: "Two profiles may look at the same container at the same time.",
    run: async (context) => {
      const [one, two] = await Promise.all([context.open(), context.open()]);
      const numbers = Array.from({ length: 20 }, (_, number) => number);
      await Promise.all(
        numbers.flatMap((n) => [
          answers(one, { command: `echo one ${n}; exit 1`, stdout: `one ${n}\n`, exitCode: 1 }),
          answers(two, { command: `echo two ${n} >&2; exit 2`, stderr: `two ${n}\n`, stdout: "", exitCode: 2 }),
        ]),
      );
      await one.close();
      await answers(two, { command: "echo alive", stdout: "alive\n" });
    },
  },
  {
    id: "T65",
    title: "a session writes no file",
    why: "A scan that changes what it looks at spoils evidence, and fails on a read-only root.",
    run: async (context) => {
      requireTools(context, "find", "sort");
      const folders = "/tmp /var/tmp /dev/shm /root /home /run /etc";
      const look = `find ${folders} -xdev -type f 2>/dev/null | sort; echo looked`;
      const before = await context.reference.run(look);
      const session = await context.open();
      const stdin = randomBytes(4_000);
      await answers(session, { command: "cat <<X\nhere\nX", stdout: "here\n" });
      await session.run("cat >/dev/null", { stdin });
      const during = await session.run(look);
      sameAnswer("files while a session is open", during, before);
    },
  },
  {
    id: "T66",
    title: "a signal that was aborted before stops a command that was not sent, and harms no other",
    why: "A cancelled scan must not start anything more in a container.",
    run: async (context) => {
      const session = await context.open();
      const stop = new AbortController();
      const mark = `/dev/shm/never-${randomBytes(6).toString("hex")}`;
      const first = session.run("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; echo first");
      stop.abort();
      await failsWith("an aborted command", session.run(`: >${mark}`, { signal: stop.signal }), "cancelled");
      sameBytes("the command before it", (await first).stdout, "first\n");
      await sleep(100);
      await answers(session, { command: `[ -e ${mark} ] && echo ran; echo looked`, stdout: "looked\n" });
    },
  },
];

function settled<T>(result: PromiseSettledResult<T>): Promise<T> {
  return result.status === "fulfilled" ? Promise.resolve(result.value) : Promise.reject(result.reason);
}
