import { parseArgs } from "node:util";
import { type Connection, connect } from "#cluster/connection.ts";
import { ownKubeconfig } from "#cluster/kubeconfig.ts";
import { ownCluster } from "#test/bench/own-cluster.ts";
import { allCommands } from "./commands/all.ts";
import { reachingCommands } from "./commands/reaching.ts";
import { type Comparison, compare } from "./compare.ts";
import { runningContainers, samplePods } from "./containers.ts";
import { generatedCommands } from "./generate.ts";

/**
 * `node test/differential/run.ts [--json] [--seed N] [--generated N] [--kubeconfig F [--context C] [-n NS]]`: one
 * pipelined session against one exec a command. Without a kubeconfig on the embedded cluster's images, else on every
 * running container of the namespace. Exit code 1 when something differs, 2 when nothing could be compared.
 */
const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    seed: { type: "string" },
    generated: { type: "string", default: "200" },
    pod: { type: "string", multiple: true },
    kubeconfig: { type: "string" },
    context: { type: "string" },
    namespace: { type: "string", short: "n", default: "demo" },
  },
});
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
const cluster = values.kubeconfig === undefined ? await ownCluster() : undefined;
const config = ownKubeconfig(cluster?.kubeconfig ?? values.kubeconfig, values.context);
const connection = connect("differential", config);
try {
  process.exitCode = await run(connection);
} finally {
  connection.close();
  await cluster?.stop();
}

async function run(to: Connection): Promise<number> {
  const pods = values.pod ?? (cluster === undefined ? undefined : samplePods);
  const targets = await runningContainers(to, values.namespace, pods);
  const commands = [
    ...new Set([...allCommands, ...reachingCommands, ...generatedCommands(seed, Number(values.generated))]),
  ];
  process.stderr.write(`seed ${seed}: ${commands.length} distinct commands on ${targets.length} containers\n`);
  const comparisons: Comparison[] = [];
  for (const target of targets) {
    const comparison = await compare(to, target, commands);
    comparisons.push(comparison);
    process.stderr.write(`${inOneLine(comparison)}\n`);
  }
  const differing = comparisons.reduce((sum, { differences }) => sum + differences.length, 0);
  if (values.json)
    process.stdout.write(`${JSON.stringify({ seed, commands: commands.length, differing, comparisons })}\n`);
  else for (const comparison of comparisons) process.stdout.write(inFull(comparison));
  if (comparisons.length === 0) return 2;
  return differing === 0 ? 0 : 1;
}

function inOneLine({ target, shell, differences, unsteady, sessions, ...rest }: Comparison): string {
  const times = `session ${rest.sessionMs} ms, one exec each ${rest.referenceMs} ms`;
  return `${target} (${shell}): ${rest.commands} commands, ${differences.length} differ, ${unsteady.length} unsteady, ${rest.moved.length} moved, ${rest.volatile} volatile, ${sessions} sessions; ${times}`;
}

function inFull(comparison: Comparison): string {
  const lines = [inOneLine(comparison)];
  for (const { command, fields, session, reference } of comparison.differences) {
    lines.push(
      `  ${JSON.stringify(command)}: ${fields.join(", ")}`,
      `    session   ${session}`,
      `    reference ${reference}`,
    );
  }
  for (const { command } of comparison.moved) lines.push(`  moved in between: ${JSON.stringify(command)}`);
  for (const command of comparison.unsteady) lines.push(`  unsteady: ${JSON.stringify(command)}`);
  return `${lines.join("\n")}\n`;
}
