import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { asText } from "./statements.ts";
import { contexts, synthesise } from "./synthesised.ts";

const functions = new URL("../../functions/", import.meta.url).pathname;
const sources = readdirSync(functions, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => readFileSync(join(functions, file), "utf8"))
  .join("\n");
const dashboards = synthesise(contexts.one).all("AWS::CloudWatch::Dashboard");
const body = asText(dashboards[0]?.Properties.DashboardBody);
/** What the graphs search for: the schema, and the names of metrics. */
const searches = [...body.matchAll(/SEARCH\('\{([^}]+)\} MetricName=\(([^)]+)\)/g)].map(
  ([, schema = "", names = ""]) => ({
    schema,
    names: [...names.matchAll(/\w{3,}/g)].map(([name]) => name),
  }),
);

it("there is one dashboard: ages, outcomes by cluster, round trips, VPN", () => {
  expect(dashboards).toHaveLength(1);
  const names = searches.flatMap((search) => search.names);
  expect(names).toEqual(
    expect.arrayContaining(["ApproximateAgeOfOldestMessage", "TargetsByCluster", "RoundTripsPerScan", "TunnelState"]),
  );
});

it("every graph of our own metrics shows what a function counts", () => {
  const own = searches.filter(({ schema }) => schema.startsWith("muster,")).flatMap(({ names }) => names);
  expect(own.length).toBeGreaterThan(8);
  expect(own.filter((name) => !sources.includes(`"${name}"`))).toEqual([]);
});
