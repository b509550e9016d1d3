import { oneExecEach } from "#reach/exec-once.ts";
import { openShell } from "#reach/open-shell.ts";
import { median, type Row, rowOf } from "../row.ts";
import { kubectlShell } from "./kubectl.ts";
import { type OneByOne, oneByOne, recorded } from "./one-by-one.ts";
import type { Place } from "./place.ts";
import { b, bCheap } from "./profiles.ts";
import { taught, wholeScan } from "./whole-scan.ts";

const rttMs = 60;
const pod = "weak";

const ways = [
  { id: "kubectl", name: "one `kubectl exec` a command", bars: { b: "≥ 30", cheap: "≥ 80" } },
  { id: "single-exec", name: "one exec WebSocket a command", bars: { b: "≥ 8", cheap: "≥ 25" } },
  { id: "one-at-a-time", name: "one session, one command at a time", bars: { b: "≥ 5", cheap: "≥ 10" } },
] as const;

/**
 * Other ways of asking the same questions at the same distance, between scans of ours. The slow ways run once, since
 * each is hundreds of equal waits in a row and minutes long; without the expensive commands they take what they took,
 * less what those commands took.
 */
export async function others(place: Place): Promise<readonly Row[]> {
  const target = await place.target(pod);
  const cheapOnes = new Set((await recorded(place, bCheap, target)).answers.keys());
  const known = { b: await taught(place, b, target), cheap: await taught(place, bCheap, target) };
  const ours = { b: [] as number[], cheap: [] as number[] };
  const measureOurs = async () => {
    ours.b.push((await wholeScan(place, known.b, b, target, rttMs)).wallMs);
    ours.cheap.push((await wholeScan(place, known.cheap, bCheap, target, rttMs)).wallMs);
  };
  await measureOurs();
  const theirs: { readonly way: (typeof ways)[number]; readonly run: OneByOne }[] = [];
  for (const way of ways) {
    theirs.push({ way, run: await runBy(way.id) });
    await measureOurs();
  }
  await measureOurs();

  async function runBy(id: (typeof ways)[number]["id"]): Promise<OneByOne> {
    const connection = place.connect(rttMs);
    try {
      return await oneByOne(place, b, () => {
        if (id === "kubectl") return kubectlShell(place, target);
        return id === "single-exec" ? oneExecEach(connection, target, "/bin/sh") : openShell(connection, target);
      });
    } finally {
      connection.close();
    }
  }

  return theirs.flatMap(({ way, run }) => {
    const expensive = [...run.answers].filter(([command]) => !cheapOnes.has(command)).map(([, { ms }]) => ms);
    const cheapMs = run.wallMs - expensive.reduce((sum, ms) => sum + ms, 0);
    const row = (profile: typeof b, theirsMs: number, oursMs: readonly number[], bar: `≥ ${string}`) =>
      rowOf({
        id: `scan.${way.id}.${profile.id}`,
        what: `${profile.name}, ${rttMs} ms: ${way.name} (${seconds(theirsMs)}) ÷ ours with hints (${seconds(median(oursMs))})`,
        ...{ unit: "times", samples: oursMs.map((ms) => theirsMs / ms), bar },
      });
    return [row(b, run.wallMs, ours.b, way.bars.b), row(bCheap, cheapMs, ours.cheap, way.bars.cheap)];
  });
}

const seconds = (ms: number) => `${(ms / 1000).toPrecision(3)} s`;
