import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { openShell } from "#reach/open-shell.ts";
import type { Session } from "#reach/session.ts";
import { median, type Row, rowOf } from "../row.ts";
import { connectionTo, containerOf } from "./place.ts";

const callers = 50;
const commandsEach = 20;
const rounds = 5;

/** Fifty callers on one session, each asking one command after the other. */
export async function concurrentCallers(cluster: EmbeddedCluster): Promise<readonly Row[]> {
  const connection = connectionTo(cluster.kubeconfig);
  const session = await openShell(connection, await containerOf(connection, "weak"));
  const wrong: number[] = [];
  const unfair: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const seen = (await Promise.all(Array.from({ length: callers }, (_, caller) => call(session, caller)))).flat();
    wrong.push(seen.filter(({ right }) => !right).length);
    const waits = seen.map(({ waitedMs }) => waitedMs);
    unfair.push(Math.max(...waits) / median(waits));
  }
  await session.close();
  connection.close();
  const total = callers * commandsEach;
  return [
    rowOf({
      id: "transport.concurrent.wrong",
      what: `answers of ${total} that were not the caller's own (${callers} callers on one session)`,
      ...{ unit: "answers", samples: [Math.max(...wrong)], bar: "= 0" },
    }),
    rowOf({
      id: "transport.concurrent.wait",
      what: "longest wait of any of them ÷ the median wait",
      ...{ unit: "ratio", samples: unfair, bar: "≤ 3" },
    }),
  ];
}

async function call(session: Session, caller: number) {
  const seen: { readonly right: boolean; readonly waitedMs: number }[] = [];
  for (let count = 0; count < commandsEach; count += 1) {
    const name = `${caller}-${count}`;
    const begun = performance.now();
    const answer = await session.run(`echo out ${name}; echo err ${name} >&2; exit ${caller}`);
    const said = `${Buffer.from(answer.stdout)}${Buffer.from(answer.stderr)}`;
    const right = said === `out ${name}\nerr ${name}\n` && answer.exitCode === caller;
    seen.push({ right, waitedMs: performance.now() - begun });
  }
  return seen;
}
