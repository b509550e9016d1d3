import { startFauxqs } from "fauxqs";
import { beforeAll, describe, expect, it } from "vitest";
import type { Difference } from "./known-differences.ts";
import type { Outcomes } from "./steps.ts";

export interface Held {
  readonly service: "S3" | "SQS";
  readonly differences: Readonly<Record<string, Difference>>;
  /** So many steps agree, at least. */
  readonly agreeing: number;
  /** Runs the script against fauxqs at this endpoint. */
  readonly theirs: (endpoint: string) => Promise<Outcomes>;
  readonly ours: () => Promise<Outcomes>;
}

/** Tests that one script has the same outcomes here and in fauxqs, but where the table of differences says otherwise. */
export function holdToFauxqs({ service, differences, agreeing, ...run }: Held): void {
  let ours: Outcomes;
  let theirs: Outcomes;
  beforeAll(async () => {
    const server = await startFauxqs({ port: 0, logger: false });
    try {
      theirs = await run.theirs(`http://127.0.0.1:${server.port}`);
      ours = await run.ours();
    } finally {
      await server.stop();
    }
  }, 120_000);

  describe(`the embedded ${service} and fauxqs, by one script`, () => {
    it("answer alike, but where the table of differences says otherwise", () => {
      const alike = (all: Outcomes) => [...all].filter(([name]) => !(name in differences));
      expect(alike(ours).length).toBeGreaterThan(agreeing);
      expect(alike(ours)).toEqual(alike(theirs));
    });

    it.each(Object.entries(differences))("differ at: %s", (name, { ours: own, theirs: other }) => {
      expect(ours.get(name)).toEqual(own);
      expect(theirs.get(name)).toEqual(other);
      expect(own).not.toEqual(other);
    });
  });
}
