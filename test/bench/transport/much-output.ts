import * as z from "zod";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { type Row, rowOf } from "../row.ts";
import { inOwnProcess } from "./own-process.ts";

const Volume = z.strictObject({ growthMiB: z.number(), rawMs: z.number(), sessionMs: z.number() });
const rounds = 3;

/** 200 MB out of one command with the cap at 1 MiB: memory, and speed against the bare exec stream. */
export async function muchOutput(cluster: EmbeddedCluster): Promise<readonly Row[]> {
  const seen: z.infer<typeof Volume>[] = [];
  const client = new URL("./much-output-client.ts", import.meta.url);
  for (let round = 0; round < rounds; round += 1) {
    seen.push(Volume.parse(await inOwnProcess(client, cluster.kubeconfig)));
  }
  return [
    rowOf({
      id: "transport.much-output.memory",
      what: "growth of resident memory while 200 MB pass through a session that keeps 1 MiB",
      ...{ unit: "MiB", samples: seen.map(({ growthMiB }) => growthMiB), bar: "≤ 32" },
    }),
    rowOf({
      id: "transport.much-output.speed",
      what: "its throughput ÷ the bare exec stream's",
      ...{ unit: "ratio", samples: seen.map(({ rawMs, sessionMs }) => rawMs / sessionMs), bar: "≥ 1/2" },
    }),
  ];
}
