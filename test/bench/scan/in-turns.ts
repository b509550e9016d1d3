/** Rounds that a median needs. */
const enough = 5;

/** Samples of each side, one a round. */
export type Samples<Side extends string> = Readonly<Record<Side, readonly number[]>>;

/**
 * Measures sides in turns (A B A B …), so that what the machine does meanwhile meets all of them. Stops early, after at
 * least one round, when it would take too long: a row of fewer rounds than five says so.
 */
export async function inTurns<Side extends string>(
  sides: Readonly<Record<Side, () => Promise<number>>>,
  budgetMs = 120_000,
): Promise<Samples<Side> & { readonly rounds: number }> {
  const names = Object.keys(sides) as Side[]; // a record's own keys
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Side, number[]>;
  const begun = performance.now();
  let rounds = 0;
  while (rounds < enough) {
    for (const name of names) samples[name].push(await sides[name]());
    rounds += 1;
    if (((performance.now() - begun) / rounds) * (rounds + 1) > budgetMs) break;
  }
  return { ...samples, rounds };
}

/** What a row adds to its words when it has fewer rounds than it should. */
export const fewer = (rounds: number) => (rounds < enough ? ` (${rounds} of ${enough} rounds: it took too long)` : "");

/** Each sample of one side ÷ its neighbour of the other. */
export const ratios = (over: readonly number[], under: readonly number[]) =>
  over.map((value, index) => value / (under[index] ?? Number.NaN));
