import { expandTask } from "#test/support/build.ts";

export const targets = 10_000;

/** One expand task of a namespace with 10,000 containers. */
export const tenThousand = expandTask({
  entry: { cluster: "prod", namespaces: ["shop"] },
  options: { maxTargets: targets },
});

export const podNames = Array.from({ length: targets }, (_, index) => `web-5d8f7c9b4d-${index}`);
