import { ask } from "#cluster/api.ts";
import { containersOf } from "#cluster/containers.ts";
import { readPod, serverVersion } from "#cluster/pods.ts";
import { LabelName, SubdomainName } from "#contract/names.ts";
import { TargetEntry } from "#contract/request.ts";
import { Target } from "#contract/target.ts";
import { locate, stillThere } from "#functions/executor/locate.ts";
import { type Case, labOf } from "../case.ts";
import { answers, eventually, failsWith, holds, sameBytes } from "../check.ts";

const soon = () => AbortSignal.timeout(30_000);
const sleeper = ["/bin/sh", "-c", "trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done"];
const dotted = "kube-proxy-ip-10-0-1-23.eu-west-1.compute.internal";
const refusedNames = ["", "..", "a/b", "Web", "wéb", "-a", "a-", "a_b", "a..b", "a".repeat(254)];

/** A session is in the container that was named, and in no other. */
export const identity: readonly Case[] = [
  {
    id: "T44",
    title: "a session never goes on in a container that was restarted, and the restart is told",
    why: "Answers of two containers in one report are evidence of neither.",
    where: "once",
    run: async (context) => {
      const lab = labOf(context);
      const target = await lab.pod();
      const session = await context.open(target);
      await answers(session, { command: "echo first >/dev/shm/life; cat /dev/shm/life", stdout: "first\n" });
      await lab.cluster.killContainer("demo", target.pod, "main");
      const idNow = () => lab.cluster.pod("demo", target.pod)?.status.containerStatuses?.[0];
      await eventually("the next container", async () => {
        const status = idNow();
        return status?.state.running !== undefined && status.containerID !== target.containerId ? true : undefined;
      });
      await failsWith(
        "a command after the restart",
        session.run("echo in another container"),
        ...(["connection-lost", "restarted", "not-running"] as const),
      );
      await failsWith(
        "the look whether it is still there",
        stillThere(context.connection, target, soon()),
        "restarted",
      );
    },
  },
  {
    id: "T44",
    title: "another pod under the same name is told as `replaced`",
    why: "Stateful pods keep their name and change everything else.",
    where: "once",
    run: async (context) => {
      const lab = labOf(context);
      const target = await lab.pod();
      await lab.cluster.deletePod("demo", target.pod);
      await eventually("the pod's end", async () =>
        lab.cluster.pod("demo", target.pod) === undefined ? true : undefined,
      );
      const next = await lab.pod({ name: target.pod });
      holds(next.podUid !== target.podUid, "the next pod has the same UID");
      await failsWith("locate", locate(context.connection, target, soon()), "replaced");
    },
  },
  {
    id: "T50",
    title: "namespace, pod and container are never assumed",
    why: "A scan that falls back to `default` or to the first container reports on the wrong one.",
    run: async (context) => {
      const { target } = context;
      for (const field of ["cluster", "namespace", "pod", "podUid", "container"] as const) {
        holds(!Target.safeParse({ ...target, [field]: "" }).success, `a target with an empty ${field} is accepted`);
        holds(!Target.safeParse({ ...target, [field]: undefined }).success, `a target without ${field} is accepted`);
      }
      holds(!TargetEntry.safeParse({ cluster: "a", pods: ["web"] }).success, "a pod without a namespace is accepted");
      const two = { cluster: "a", namespaces: ["x", "y"], pods: ["web"] };
      holds(!TargetEntry.safeParse(two).success, "a pod in two namespaces is accepted");
    },
  },
  {
    id: "T50",
    title: "each container of a pod answers for itself",
    why: "A default container in place of the one that was named gives a report on the wrong one.",
    where: "once",
    run: async (context) => {
      const pod = await labOf(context).pod({
        spec: {
          containers: ["first", "second"].map((name) => ({
            ...{ name, image: "muster.test/busybox:1", command: sleeper, env: [{ name: "ROLE", value: name }] },
          })),
        },
      });
      for (const container of ["first", "second"]) {
        await answers(await context.open({ ...pod, container }), { command: "echo $ROLE", stdout: `${container}\n` });
      }
    },
  },
  {
    id: "T51",
    title: "names are what Kubernetes accepts, and everything else is refused before a request",
    why: "Static pods carry their node's dots; a name with `/` or `..` reaches another path of the API.",
    run: async () => {
      for (const name of refusedNames) {
        holds(!SubdomainName.safeParse(name).success, `the pod name ${name} is accepted`);
        holds(!LabelName.safeParse(name).success, `the namespace ${name} is accepted`);
      }
      holds(
        !LabelName.safeParse("a.b").success && !LabelName.safeParse("a".repeat(64)).success,
        "a label may hold that",
      );
      holds(LabelName.safeParse("a".repeat(63)).success, "63 characters are refused");
      holds(SubdomainName.safeParse(dotted).success, `${dotted} is refused`);
    },
  },
  {
    id: "T51",
    title: "a static pod with its node's dotted name can be entered",
    why: "On AWS every static pod is called so.",
    where: "once",
    run: async (context) => {
      const target = await labOf(context).pod({ name: dotted });
      await answers(await context.open(target), { command: "echo dotted", stdout: "dotted\n" });
    },
  },
  {
    id: "T52",
    title: "init and ephemeral containers that run can be entered, and no annotation chooses a container",
    why: "A sidecar that runs as an init container is part of the pod; kubectl's default container is a guess.",
    where: "once",
    run: async (context) => {
      const lab = labOf(context);
      const other = { name: "other", image: "muster.test/busybox:1", command: sleeper };
      const target = await lab.pod({
        annotations: { "kubectl.kubernetes.io/default-container": "other" },
        spec: {
          containers: [{ ...other, name: "main", env: [{ name: "ROLE", value: "main" }] }, other],
          initContainers: [
            { ...other, name: "aside", restartPolicy: "Always", env: [{ name: "ROLE", value: "aside" }] },
          ],
        },
      });
      const ephemeralContainers = [
        { ...other, name: "added", env: [{ name: "ROLE", value: "added" }], targetContainerName: "main" },
      ];
      await ask(lab.connectAs({ context: "muster-toolbox" }), {
        path: `api/v1/namespaces/demo/pods/${target.pod}/ephemeralcontainers`,
        method: "PATCH",
        contentType: "application/strategic-merge-patch+json",
        body: { spec: { ephemeralContainers } },
        what: "add an ephemeral container",
      });
      const kinds = ["containers", "initContainers", "ephemeralContainers"] as const;
      const all = await eventually("all containers to run", async () => {
        const pod = await readPod(context.connection, "demo", target.pod);
        const found = pod ? containersOf(lab.name, pod, kinds) : [];
        return found.length === 4 && found.every(({ running }) => running) ? found : undefined;
      });
      const roles = new Map([
        ["main", "main"],
        ["aside", "aside"],
        ["added", "added"],
        ["other", ""],
      ]);
      for (const { target: each } of all) {
        const stdout = `${roles.get(each.container)}\n`;
        await answers(await context.open(each), { command: "echo $ROLE", stdout });
      }
    },
  },
  {
    id: "T56",
    title: "what a report says of its target is what the API says: pod UID, container id, digest, version, way",
    why: "Evidence that does not name what was looked at proves nothing later.",
    run: async (context) => {
      const { target, connection } = context;
      const session = await context.open();
      await answers(session, { command: "echo looked", stdout: "looked\n" });
      const pod = await readPod(connection, target.namespace, target.pod);
      const status = pod?.status?.containerStatuses?.find(({ name }) => name === target.container);
      sameBytes("pod UID", target.podUid, pod?.metadata?.uid ?? "none");
      sameBytes("container id", target.containerId, status?.containerID ?? "none");
      holds(/^[a-z-]+:\/\/[0-9a-f]{64}$/.test(target.containerId), `container id ${target.containerId}`);
      holds(/^(sha256:[0-9a-f]{64})?$/.test(target.imageDigest), `image digest ${target.imageDigest}`);
      holds(
        (status?.imageID ?? "").includes(target.imageDigest),
        `image digest ${target.imageDigest}, ${status?.imageID}`,
      );
      holds(/^v\d+\.\d+/.test(await serverVersion(connection)), "no server version");
      holds(session.way === "shell", `the way is told as ${session.way}`);
      holds(Target.safeParse(target).success, "the target breaks its own schema");
    },
  },
];
