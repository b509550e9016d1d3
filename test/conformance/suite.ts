import { connect } from "#cluster/connection.ts";
import { ScanError } from "#contract/errors.ts";
import type { Case } from "./case.ts";
import type { Place } from "./place.ts";
import { type Subject, subjectIn, type Trial, tryCase } from "./trial.ts";

/** Looks at every container of a place; one without a shell is left out, and told. */
export async function subjectsOf(place: Place, say: (line: string) => void): Promise<readonly Subject[]> {
  const connection = connect(place.cluster, place.config());
  try {
    const found: Subject[] = [];
    for (const target of place.targets) {
      const subject = await subjectIn(connection, target);
      if (subject === undefined) say(`${target.pod}/${target.container} has no shell and is left out`);
      else found.push(subject);
    }
    if (found.length === 0) throw new ScanError("no-shell", "no container that matches has a shell to try");
    return found;
  } finally {
    connection.close();
  }
}

/**
 * Runs the cases in every container of one place, one after the other; those that mostly wait run beside them, those
 * that count what this process holds before all others.
 */
export async function runCases(
  cases: readonly Case[],
  place: Place,
  subjects: readonly Subject[],
  hear: (trial: Trial) => void,
): Promise<readonly Trial[]> {
  const trials: Trial[] = [];
  const run = async (each: Case) => {
    for (const subject of each.where === undefined || each.where === "each" ? subjects : subjects.slice(0, 1)) {
      const trial = await tryCase(each, place, subject);
      trials.push(trial);
      hear(trial);
    }
  };
  const inPace = (...paces: readonly string[]) => cases.filter(({ pace = "quick" }) => paces.includes(pace));
  for (const each of inPace("alone")) await run(each);
  const beside = inPace("apart").map(run);
  for (const each of inPace("quick", "slow")) await run(each);
  await Promise.all(beside);
  return trials;
}
