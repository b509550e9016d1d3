import { inspect } from "node:util";
import { asScanError } from "#contract/errors.ts";
import { type Case, labOf, NotApplicable } from "../case.ts";
import { answers, failsWith, holds } from "../check.ts";

/** Variables that redirect other clients. */
const redirecting = {
  KUBECONFIG: "/nonexistent",
  KUBERNETES_SERVICE_HOST: "192.0.2.1",
  KUBERNETES_SERVICE_PORT: "1",
  KUBERNETES_MASTER: "https://192.0.2.1",
  POD_NAMESPACE: "kube-system",
  HOME: "/nonexistent",
};

const deadProxy = "http://127.0.0.1:9";

async function withVariables(variables: Readonly<Record<string, string>>, action: () => Promise<void>): Promise<void> {
  const before = { ...process.env };
  Object.assign(process.env, variables);
  try {
    await action();
  } finally {
    for (const name of Object.keys(variables)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
}

/** As whom and by which way the API is asked. */
export const access: readonly Case[] = [
  {
    id: "T47",
    title: "a token that expires in the middle gives right answers or one clean error, never half a result",
    why: "Tokens of EKS live a quarter of an hour, and a scan may take longer.",
    where: "once",
    run: async (context) => {
      const { cluster, connectAs } = labOf(context);
      const brief = connectAs({ token: cluster.token("muster", "scanner", 60) });
      const session = await context.open(context.target, brief);
      await answers(session, { command: "echo before", stdout: "before\n" });
      cluster.clock.advance(120_000);
      await answers(session, { command: "echo after", stdout: "after\n" });
      const late = await failsWith(
        "a session with an expired token",
        context.open(context.target, brief),
        ...(["unauthenticated", "credentials-expired"] as const),
      );
      holds(/401|expired|Unauthorized/i.test(late.message), late.message);
    },
  },
  {
    id: "T48",
    title: "429 and 5xx on the upgrade are tried again after the time that was asked for",
    why: "A server that shuts down or is busy says when to come back; giving up loses the target.",
    where: "once",
    run: async (context) => {
      const lab = labOf(context);
      const target = await lab.pod();
      for (const code of [429, 503, 500]) {
        const before = context.requests();
        lab.faultyExec(target.pod, { times: 2, respond: { code, retryAfterSeconds: 1 } });
        const begun = performance.now();
        const session = await context.open(target);
        const waitedMs = performance.now() - begun;
        await answers(session, { command: "echo at last", stdout: "at last\n" });
        const asked = context.requests() - before;
        holds(asked === 3, `after two times ${code}: ${asked} requests, 3 expected`);
        if (code === 429)
          holds(waitedMs >= 1_900, `Retry-After asked for 2 s, it came back after ${waitedMs.toFixed(0)} ms`);
      }
    },
  },
  {
    id: "T48",
    title: "tries are bounded, and 400, 403 and 404 are asked for once",
    why: "Retries of what is permanent are load on a cluster that already said no.",
    where: "once",
    timeoutMs: 150_000,
    run: async (context) => {
      const lab = labOf(context);
      const target = await lab.pod();
      for (const code of [400, 403, 404]) {
        const before = context.requests();
        const disarm = lab.faultyExec(target.pod, { respond: { code } });
        await failsWith(
          `HTTP ${code}`,
          context.open(target),
          "exec-refused",
          "forbidden",
          "not-running",
          "bad-request",
        );
        holds(context.requests() - before === 1, `${context.requests() - before} requests for ${code}`);
        disarm();
      }
      const before = context.requests();
      lab.faultyExec(target.pod, { respond: { code: 429, retryAfterSeconds: 1 } });
      await failsWith("429 for ever", context.open(target), "throttled");
      const asked = context.requests() - before;
      holds(asked >= 1 && asked <= 10, `${asked} requests before giving up`);
    },
  },
  {
    id: "T53",
    title: "every connection has its own kubeconfig and context, and no environment variable redirects it",
    why: "A variable left in a shell must not send a scan, and its token, to another cluster.",
    run: async (context) => {
      await withVariables(redirecting, async () => {
        const connection = context.reconnect();
        holds(connection.server.href === context.connection.server.href, `it goes to ${connection.server.host}`);
        const session = await context.open(context.target, connection);
        await answers(session, { command: "echo here", stdout: "here\n" });
        if (context.lab === undefined) return;
        const nobody = context.lab.connectAs({ context: "nobody" });
        await failsWith("another context beside it", context.open(context.target, nobody), "forbidden");
        await answers(session, { command: "echo still", stdout: "still\n" });
      });
    },
  },
  {
    id: "T53",
    title: "a proxy named by the environment, as for kubectl, is told when it fails and never changes the server",
    why: "Whoever meets a dead proxy must read that, and not that the cluster is down.",
    where: "once",
    run: async (context) => {
      if (context.connection.proxy !== undefined)
        throw new NotApplicable("the connection goes through a proxy already");
      await withVariables({ HTTPS_PROXY: deadProxy, https_proxy: deadProxy, NO_PROXY: "", no_proxy: "" }, async () => {
        const connection = context.reconnect();
        holds(connection.server.href === context.connection.server.href, `it goes to ${connection.server.host}`);
        const error = await failsWith("a dead proxy", context.open(context.target, connection), "proxy");
        holds(error.message.includes(new URL(deadProxy).host), error.message);
      });
    },
  },
  {
    id: "T55",
    title: "the transport writes nothing to stdout or stderr, and no error carries a token or an answer",
    why: "Logs are read by more people than reports, and stdout belongs to the caller's JSON.",
    run: async (context) => {
      const secret = `answer-${Math.random().toString(36).slice(2)}`;
      const { headers } = await context.connection.authorize();
      const token = /Bearer (\S+)/.exec(inspect(headers))?.[1];
      const said: string[] = [];
      const restore = (["stdout", "stderr"] as const).map((name) => {
        const stream = process[name];
        const { write } = stream;
        const listen = (bytes: string | Uint8Array) => said.push(`${name}: ${Buffer.from(bytes as string)}`) > 0;
        stream.write = listen as typeof write; // the callback forms are not used while nothing else runs
        return () => {
          stream.write = write;
        };
      });
      const errors: unknown[] = [];
      try {
        const session = await context.open();
        await session.run(`echo ${secret}; echo ${secret} >&2`);
        errors.push(
          await session.run(`echo ${secret}; nosuch`, { timeoutMs: 20_000 }).catch((error: unknown) => error),
        );
        errors.push(await session.run(`: ${secret}; kill -9 $PPID`).catch((error: unknown) => error));
        errors.push(await context.open({ ...context.target, pod: "no-such-pod" }).catch((error: unknown) => error));
        await session.close();
      } finally {
        for (const back of restore) back();
      }
      const foreign = said.filter((line) => line.startsWith("stdout") || line.includes(secret));
      holds(foreign.length === 0, `it wrote ${foreign.join("")}`);
      holds(errors[2] instanceof Error, "there was no error to look at");
      for (const error of errors) {
        if (!(error instanceof Error)) continue;
        const all = inspect(error, { depth: 12, showHidden: true });
        holds(token === undefined || !all.includes(token), "an error carries the token");
        holds(!asScanError(error).message.includes(secret), `an error's message carries a command: ${error.message}`);
      }
    },
  },
];
