import { elsewhere } from "./elsewhere.ts";
import type { Trial } from "./trial.ts";

/** One T over all of its cases, containers and versions. */
export interface Row {
  readonly id: string;
  readonly verdict: "pass" | "fail" | "not-applicable";
  readonly trials: readonly Trial[];
  /** Why it failed, a line each, or why it does not apply. */
  readonly why: readonly string[];
}

/** What `--json` prints: T's, not runs. */
export interface Result {
  readonly total: number;
  readonly passed: number;
  readonly failed: readonly string[];
  readonly notApplicable: readonly { readonly id: string; readonly why: string }[];
}

const numberOf = (id: string) => Number(id.slice(1));

/**
 * Folds trials into one row a T. It passes when it passed somewhere and failed nowhere; it does not apply when no
 * container could tell. `only` narrows the T's that are answered elsewhere; undefined keeps them all.
 */
export function rowsOf(trials: readonly Trial[], only: ReadonlySet<string> | undefined): readonly Row[] {
  const rows = [...Map.groupBy(trials, ({ id }) => id)].map(([id, own]): Row => {
    const failed = own.filter(({ verdict }) => verdict === "fail");
    if (failed.length > 0) return { id, verdict: "fail", trials: own, why: failed.map(failureLine) };
    if (own.some(({ verdict }) => verdict === "pass")) return { id, verdict: "pass", trials: own, why: [] };
    return { id, verdict: "not-applicable", trials: own, why: [...new Set(own.map(({ why }) => why))] };
  });
  const others = elsewhere
    .filter(({ id }) => only === undefined || only.has(id))
    .map(({ id, why }): Row => ({ id, verdict: "not-applicable", trials: [], why: [why] }));
  return [...rows, ...others].sort((a, b) => numberOf(a.id) - numberOf(b.id));
}

const failureLine = ({ version, image, title, why }: Trial) => `${version} ${image}: ${title}: ${why}`;

/** The rows in short. */
export function resultOf(rows: readonly Row[]): Result {
  const of = (verdict: Row["verdict"]) => rows.filter((row) => row.verdict === verdict);
  return {
    total: rows.length,
    passed: of("pass").length,
    failed: of("fail").map(({ id }) => id),
    notApplicable: of("not-applicable").map(({ id, why }) => ({ id, why: why.join("; ") })),
  };
}
