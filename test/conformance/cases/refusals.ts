import { ScanError } from "#contract/errors.ts";
import { locate } from "#functions/executor/locate.ts";
import { execOnce } from "#reach/exec-once.ts";
import { meaningOf } from "#reach/wording.ts";
import { type Case, labOf } from "../case.ts";
import { eventually, failsWith, holds } from "../check.ts";

const soon = () => AbortSignal.timeout(30_000);

/** As runtimes say it, word for word (facts of containerd, CRI-O, dockershim and gVisor). */
const wordings = [
  [
    "absent",
    'OCI runtime exec failed: exec failed: unable to start container process: exec: "sh": executable file not found in $PATH: unknown',
  ],
  ["absent", 'failed to exec in container: exec: "/bin/sh": stat /bin/sh: no such file or directory: unknown'],
  ["absent", "executable file `/bin/sh` not found: No such file or directory"],
  ["absent", "starting container: starting sub-container [/bin/sh]: failed to load /bin/sh: no such file or directory"],
  ["not-executable", 'exec: "/bin/sh": permission denied: unknown'],
  ["not-executable", "exec /bin/sh: exec format error"],
  ["not-running", "cannot exec in a stopped container: unknown"],
] as const;

/** What cannot be entered is told apart, by type and words, and asked for once. */
export const refusals: readonly Case[] = [
  {
    id: "T27",
    title: "a pod and a container that do not exist are told as such, and asked for once",
    why: "Retrying what is permanent wastes minutes; guessing an OS instead gives wrong verdicts.",
    run: async (context) => {
      const { target } = context;
      const noPod = await failsWith(
        "no such pod",
        context.open({ ...target, pod: "no-such-pod-at-all" }),
        "exec-refused",
        "not-running",
      );
      holds(/404|not found/.test(noPod.message), noPod.message);
      holds(context.requests() === 1, `${context.requests()} requests for a pod that is not there`);
      const noContainer = await failsWith(
        "no such container",
        context.open({ ...target, container: "no-such" }),
        "exec-refused",
        "not-running",
      );
      holds(/no-such/.test(noContainer.message) && noContainer.message !== noPod.message, noContainer.message);
      holds(context.requests() === 2, `${context.requests()} requests after the second`);
      holds(!noPod.retryable && !noContainer.retryable, "one of them is told to be worth a retry");
    },
  },
  {
    id: "T27",
    title: "forbidden, completed and crash-looping are distinct, typed and never `no-shell`",
    why: "Each needs another person to do something about it.",
    where: "once",
    run: async (context) => {
      const lab = labOf(context);
      const nobody = lab.connectAs({ context: "nobody" });
      await failsWith("an account without rights", context.open(context.target, nobody), "forbidden");
      await failsWith(
        "a wrong token",
        context.open(context.target, lab.connectAs({ token: "wrong" })),
        "unauthenticated",
      );
      const done = await lab.pod({ command: ["/bin/true"], restartPolicy: "Never" });
      const crashing = await lab.pod({ command: ["/bin/false"] });
      const stateOf = (pod: string) => lab.cluster.pod("demo", pod)?.status.containerStatuses?.[0]?.state;
      await eventually("the end of the one", async () => stateOf(done.pod)?.terminated);
      await eventually(
        "CrashLoopBackOff",
        async () => stateOf(crashing.pod)?.waiting?.reason === "CrashLoopBackOff" || undefined,
      );
      for (const target of [done, crashing]) {
        await failsWith(`exec in ${target.pod}`, context.open(target), "not-running", "exec-refused");
      }
      const ended = await failsWith("locate a completed one", locate(context.connection, done, soon()), "not-running");
      const loops = await failsWith(
        "locate a crashing one",
        locate(context.connection, crashing, soon()),
        "not-running",
      );
      holds(/Completed|terminated/.test(ended.message), ended.message);
      holds(/CrashLoopBackOff|Error/.test(loops.message), loops.message);
    },
  },
  {
    id: "T28",
    title: "every runtime's words for a missing or unusable program are understood",
    why: "There is no code for it: what one runtime words differently would read as lost or as Windows.",
    run: async (context) => {
      for (const [meaning, words] of wordings) {
        const read = meaningOf({ kind: "refused", message: words, httpStatus: 500 }, "");
        holds(read === meaning, `expected ${meaning}, got ${read} for: ${words}`);
      }
      for (const program of ["/no/such/program", "no-such-program", "/etc", "/etc/passwd"]) {
        const error = await failsWith(
          `exec ${program}`,
          execOnce(context.connection, context.target, [program]),
          "exec-refused",
        );
        const read = meaningOf({ kind: "refused", message: error.message, httpStatus: 500 }, "");
        holds(read === "absent" || read === "not-executable", `${program}: read as ${read}: ${error.message}`);
      }
      holds(context.target.os === "linux", `the pod's OS is told as ${context.target.os}`);
    },
  },
  {
    id: "T28",
    title: "a container without any shell is `no-shell`, with advice",
    why: "It must be told from a container that could not be reached.",
    where: "once",
    run: async (context) => {
      const scratch = await labOf(context).pod({ image: "muster.test/scratch:1", command: ["/still"] });
      const error = await failsWith("a container without a shell", context.open(scratch), "no-shell");
      holds(error instanceof ScanError && !error.retryable, "it is told to be worth a retry");
    },
  },
];
