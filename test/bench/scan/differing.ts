import { type ControlDifference, sameVerdicts } from "#cli/verify/same-verdicts.ts";
import type { Target } from "#contract/target.ts";
import { openShell } from "#reach/open-shell.ts";
import { type Row, rowOf } from "../row.ts";
import { singleExecs } from "./one-by-one.ts";
import type { Place } from "./place.ts";
import { a, b, c, d, effects, type Measured } from "./profiles.ts";
import { newBuckets, type Registered, wholeScan } from "./whole-scan.ts";

/**
 * Each image, and one whose hints it may be given: of the same platform where there is one, and otherwise than it inside.
 * No two groups share a container, so that they may be compared at once: nothing is timed here.
 */
const groups: readonly Readonly<Record<string, string>>[] = [
  { weak: "hardened", hardened: "weak", "bash-no-sh": "weak" },
  { "busybox-only": "non-root-readonly", "non-root-readonly": "busybox-only" },
];
const modes = ["without-hints", "with-hints", "foreign-hints"] as const;
type Mode = (typeof modes)[number];

/** What one profile said of one image: ours in each mode against one exec a command. */
interface Compared {
  readonly mode: Mode;
  readonly image: string;
  readonly profile: string;
  readonly controls: number;
  readonly differences: readonly string[];
  readonly missed: number;
}

/** Results that differ from one exec a command, over all profiles and images, whatever was known before the scan. */
export async function differing(place: Place): Promise<readonly Row[]> {
  const compared = (await Promise.all(groups.map((images) => compareAll(place, images)))).flat();
  for (const { mode, image, profile, differences } of compared) {
    for (const line of differences) process.stderr.write(`differs: ${profile} on ${image}, ${mode}: ${line}\n`);
  }
  const imageCount = new Set(compared.map(({ image }) => image)).size;
  const rows = modes.map((mode) => {
    const these = compared.filter((each) => each.mode === mode);
    const sum = (of: (one: Compared) => number) => these.reduce((total, each) => total + of(each), 0);
    return rowOf({
      id: `scan.differing.${mode}`,
      what: `results that differ from one exec a command, ${words[mode]}: of ${sum(({ controls }) => controls)} controls in 5 profiles on ${imageCount} images`,
      ...{ unit: "controls", samples: [sum(({ differences }) => differences.length)], bar: "= 0" },
    });
  });
  const foreign = compared.filter(({ mode }) => mode === "foreign-hints");
  const misses = rowOf({
    id: "scan.foreign-hints.missed",
    what: "commands that hints of another image did not foresee, a scan (told, not judged)",
    ...{ unit: "commands", samples: foreign.map(({ missed }) => missed), bar: "≥ 0" },
  });
  return [...rows, misses];
}

const words: Readonly<Record<Mode, string>> = {
  "without-hints": "nothing known before",
  "with-hints": "hints of the same image",
  "foreign-hints": "hints of another image",
};

async function compareAll(place: Place, images: Readonly<Record<string, string>>): Promise<readonly Compared[]> {
  const compared: Compared[] = [];
  for (const [image, other] of Object.entries(images)) {
    const target = await place.target(image);
    const stranger = await place.target(other);
    for (const profile of [a, b, c, d, effects]) {
      compared.push(...(await compare(place, profile, target, stranger)));
    }
  }
  return compared;
}

async function compare(
  place: Place,
  profile: Measured,
  target: Target,
  stranger: Target,
): Promise<readonly Compared[]> {
  const own = await newBuckets(place);
  const foreign = await newBuckets(place);
  await scanned(place, foreign, profile, stranger, "before");
  const runs = [
    { mode: "without-hints", ...(await scanned(place, own, profile, target, "before")), at: "before" },
    { mode: "with-hints", ...(await scanned(place, own, profile, target, "after")), at: "after" },
    { mode: "foreign-hints", ...(await scanned(place, foreign, profile, target, "after")), at: "after" },
  ] as const;
  const references = {
    before: await reference(place, profile, target, "before"),
    after: undefined as Looked | undefined,
  };
  references.after = profile === effects ? await reference(place, profile, target, "after") : references.before;
  const compared: Compared[] = [];
  for (const { mode, at, hdf, left, missed } of runs) {
    const first = references[at] ?? references.before;
    const about = { mode, image: target.pod, profile: profile.name, missed };
    const once = sameVerdicts(hdf, [first.hdf, first.hdf]);
    const same = once.differences.length === 0 && left === first.left;
    // Whether the reference agrees with itself matters only where something differs.
    const again = same ? first : await reference(place, profile, target, at);
    const { controls, differences } = sameVerdicts(hdf, [first.hdf, again.hdf]);
    const files = left === first.left || first.left !== again.left ? [] : [`left behind ${left}, not ${first.left}`];
    compared.push({ ...about, controls, differences: [...differences.map(inWords), ...files] });
  }
  return compared;
}

/** What a run reported, and what it left in the container. */
interface Looked {
  readonly hdf: Uint8Array;
  readonly left: string;
}

async function scanned(
  place: Place,
  buckets: Registered,
  profile: Measured,
  target: Target,
  when: keyof typeof states,
) {
  await prepare(place, profile, target, when);
  const { hdf, costs } = await wholeScan(place, buckets, profile, target, 0);
  return { hdf, left: await leftIn(place, profile, target), missed: costs.commands - costs.hit };
}

async function reference(place: Place, profile: Measured, target: Target, when: keyof typeof states): Promise<Looked> {
  await prepare(place, profile, target, when);
  const connection = place.connect(0);
  try {
    const path = await inside(place, target, 'printf %s "$0"');
    const { hdf } = await singleExecs(place, profile, connection, target, path);
    return { hdf, left: await leftIn(place, profile, target) };
  } finally {
    connection.close();
  }
}

/** What `effects` finds: what it asks depends on the first two files, and a scan must not act on what it learned before. */
const states = {
  before: "rm -rf /tmp/muster-effects*; touch /tmp/muster-effects-go; echo alpha > /tmp/muster-effects-next",
  after: "rm -rf /tmp/muster-effects*; echo beta > /tmp/muster-effects-next",
} as const;

async function prepare(place: Place, profile: Measured, target: Target, when: keyof typeof states): Promise<void> {
  if (profile === effects) await inside(place, target, states[when]);
}

async function leftIn(place: Place, profile: Measured, target: Target): Promise<string> {
  if (profile !== effects) return "";
  return inside(place, target, 'for f in /tmp/muster-effects*; do echo "$f:" $(cat "$f" 2>&1); done');
}

async function inside(place: Place, target: Target, command: string): Promise<string> {
  const connection = place.connect(0);
  const session = await openShell(connection, target);
  const { stdout } = await session.run(command);
  await session.close();
  connection.close();
  return Buffer.from(stdout).toString();
}

const inWords = ({ control, session, reference: expected }: ControlDifference) =>
  `${control}: ${JSON.stringify(session)} instead of ${JSON.stringify(expected)}`.slice(0, 1000);
