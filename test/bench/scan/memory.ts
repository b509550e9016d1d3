import * as z from "zod";
import { type Row, rowOf } from "../row.ts";
import { inOwnProcess } from "../transport/own-process.ts";
import type { Place } from "./place.ts";

const Peaks = z.strictObject({ peaks: z.array(z.number()).min(1) });

/** What a scan of the wide profile takes of memory: the executor in a process of its own, as on Lambda. */
export async function memory(place: Place): Promise<readonly Row[]> {
  const client = new URL("./memory-client.ts", import.meta.url);
  const { peaks } = Peaks.parse(await inOwnProcess(client, place.kubeconfig, String(place.serverPort)));
  return [
    rowOf({
      id: "scan.memory",
      what: "wide: highest resident memory of Node, Ruby parent and one child together during a scan with hints, shared pages counted once",
      ...{ unit: "MiB", samples: peaks, bar: "≤ 400" },
    }),
  ];
}
