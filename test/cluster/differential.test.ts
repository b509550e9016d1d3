import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Connection, connect } from "#cluster/connection.ts";
import { ownKubeconfig } from "#cluster/kubeconfig.ts";
import { allCommands } from "#test/differential/commands/all.ts";
import { compare } from "#test/differential/compare.ts";
import { runningContainers, samplePods } from "#test/differential/containers.ts";
import { generatedCommands } from "#test/differential/generate.ts";
import { whyVolatile } from "#test/differential/volatile.ts";
import { sharedCluster } from "#test/support/cluster.ts";

/** Another sample each day; `node test/differential/run.ts` runs all of them. */
const seed = Number(process.env.MUSTER_SEED ?? Math.floor(Date.now() / 86_400_000));
const step = Math.ceil(allCommands.length / 45);
const written = allCommands.filter((_, index) => index % step === seed % step);
const commands = [...new Set([...written, ...generatedCommands(seed, 15)])];

let connection: Connection;
beforeAll(async () => {
  const cluster = await sharedCluster();
  connection = connect("demo", ownKubeconfig(cluster.kubeconfig, "muster"));
});
afterAll(() => connection?.close());

it("has at least 800 distinct commands, of which few are on the list of volatile ones", () => {
  expect(allCommands.length).toBeGreaterThanOrEqual(800);
  expect(allCommands.filter((command) => whyVolatile(command)).length).toBeLessThan(10);
});

describe(`one pipelined session and one exec a command (MUSTER_SEED=${seed})`, () => {
  it.each(samplePods)("give the same bytes and exit codes in %s", async (pod) => {
    const [target] = await runningContainers(connection, "demo", [pod]);
    if (target === undefined) throw new Error(`pod ${pod} does not run`);
    const { differences, sessions } = await compare(connection, target, commands);
    expect(differences).toEqual([]);
    expect(sessions).toBe(1);
  });
});
