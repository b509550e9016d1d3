/** One line of a measurement, as `npm run bench -- NAME --json` prints it. */
export interface Row {
  readonly id: string;
  readonly what: string;
  /** The median of the samples. */
  readonly value: number;
  readonly unit: string;
  readonly bar: string;
  readonly holds: boolean;
  readonly spread: { readonly min: number; readonly max: number };
}

export interface Measured {
  readonly id: string;
  readonly what: string;
  readonly unit: string;
  readonly samples: readonly number[];
  /** `≤ 1/20` or `≥ 0.5`: the comparison, and the number or fraction that the median is compared with. */
  readonly bar: `${"≤" | "≥" | "="} ${string}`;
}

/** A row out of its samples; whether it holds follows from the bar alone. */
export function rowOf({ id, what, unit, samples, bar }: Measured): Row {
  const value = rounded(median(samples));
  const [sign, text = ""] = bar.split(" ");
  const [above = "", below = "1"] = text.split("/");
  const limit = Number(above) / Number(below);
  const holds = sign === "≤" ? value <= limit : sign === "≥" ? value >= limit : value === limit;
  const spread = { min: rounded(Math.min(...samples)), max: rounded(Math.max(...samples)) };
  return { id, what, value, unit, bar, holds, spread };
}

/** The middle one; of an even number the mean of the two in the middle. */
export function median(samples: readonly number[]): number {
  if (samples.length === 0) throw new Error("nothing was measured");
  const sorted = [...samples].sort((one, other) => one - other);
  const middle = sorted.slice((sorted.length - 1) >> 1, (sorted.length >> 1) + 1);
  return middle.reduce((sum, each) => sum + each, 0) / middle.length;
}

const rounded = (value: number) => Number(value.toPrecision(4));
