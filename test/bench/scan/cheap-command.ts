import { openShell } from "#reach/open-shell.ts";
import { median, type Row, rowOf } from "../row.ts";
import { timed } from "../transport/place.ts";
import { inTurns, ratios } from "./in-turns.ts";
import type { Place } from "./place.ts";
import { openRaw } from "./raw-batch.ts";

const commands = 400;

/** What a command costs in the container beyond what it would cost in a bare shell. */
export async function cheapCommand(place: Place): Promise<readonly Row[]> {
  const target = await place.target("weak");
  const connection = place.connect(0);
  const session = await openShell(connection, target);
  const raw = await openRaw(connection, target);
  const ahead = () => timed(() => Promise.all(Array.from({ length: commands }, () => session.run("true"))));
  const bare = () => raw.batch(Array.from({ length: commands }, () => "true"));
  await ahead();
  await bare();
  const measured = await inTurns({ ahead, bare });
  await session.close();
  raw.close();
  connection.close();
  const each = (samples: readonly number[]) => `${(median(samples) / commands).toFixed(2)} ms`;
  return [
    rowOf({
      id: "scan.cheap-command",
      what: `a \`true\` in a batch of ${commands} sent ahead (${each(measured.ahead)}) ÷ \`/bin/sh -c true\` in a bare session (${each(measured.bare)})`,
      ...{ unit: "ratio", samples: ratios(measured.ahead, measured.bare), bar: "≤ 1.2" },
    }),
  ];
}
