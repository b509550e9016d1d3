import { type Case, labOf, NotApplicable } from "../case.ts";
import { answers, failsWith, holds } from "../check.ts";

const loop = "while :; do sleep 3600; done";

/** Finding a shell, and not taking trouble for its absence. */
export const detection: readonly Case[] = [
  {
    id: "T24",
    title: "bash is found where /bin/sh is absent",
    why: "Tools that know only /bin/sh call such a container shell-less.",
    run: async (context) => {
      if (context.shell !== "/bin/bash") throw new NotApplicable(`the container has ${context.shell}`);
      await answers(await context.open(), { command: "echo ${BASH_VERSION:+bash}", stdout: "bash\n" });
    },
  },
  ...[
    {
      title: "a shell in /busybox is found where there is no other",
      prepare: "mkdir /busybox; cp /bin/busybox /busybox/busybox; ln -s busybox /busybox/sh; rm /bin/sh",
    },
    {
      title: "a shell that only PATH knows is found",
      prepare: "mkdir -p /opt/odd; cp /bin/busybox /opt/odd/sh; rm /bin/sh",
      env: [{ name: "PATH", value: "/opt/odd:/bin" }],
    },
    {
      title: "a busybox without a link named sh is found",
      prepare: "rm /bin/sh /bin/ash",
    },
  ].map(
    ({ title, prepare, env }): Case => ({
      id: "T25",
      title,
      why: "Distroless debug images and static busybox keep their shell in odd places.",
      pace: "quick",
      where: "once",
      run: async (context) => {
        const script = `${prepare}; echo ready; ${loop}`;
        const command = ["/bin/busybox", "sh", "-c", script];
        const target = await labOf(context).pod({ command, ...(env && { env }) });
        await answers(await context.open(target), { command: "echo $((6*7)); exit 3", stdout: "42\n", exitCode: 3 });
      },
    }),
  ),
  {
    id: "T26",
    title: "an API that takes 10 s a call makes detection slow, and not wrong",
    why: "A probe that times out is no proof that a shell is absent.",
    pace: "apart",
    where: "once",
    timeoutMs: 90_000,
    run: async (context) => {
      const lab = labOf(context);
      const target = await lab.pod({ image: "muster.test/bash-no-sh:1", command: ["/bin/bash", "-c", loop] });
      lab.faultyExec(target.pod, { delayMs: 10_000 });
      await answers(await context.open(target), { command: "echo ${BASH_VERSION:+bash}", stdout: "bash\n" });
    },
  },
  {
    id: "T26",
    title: "an API that never answers is a timeout, and not `no-shell`",
    why: "`no-shell` sends people to change an image, where the network is at fault.",
    pace: "apart",
    where: "once",
    timeoutMs: 240_000,
    run: async (context) => {
      const lab = labOf(context);
      const target = await lab.pod();
      lab.faultyExec(target.pod, { delayMs: 40_000 });
      const error = await failsWith(
        "an exec that is never answered",
        context.open(target),
        "timeout",
        "tcp",
        "connection-lost",
      );
      holds(error.retryable, "it is told to be permanent");
    },
  },
];
