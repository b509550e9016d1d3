import { readFileSync } from "node:fs";
import { App } from "aws-cdk-lib";
import { musterApp } from "./stacks/muster.ts";

/**
 * What `cdk` runs. The context key `muster` is cdk.json's, or that of another file: `cdk synth -c from=FILE`, where the file
 * holds the key's value alone.
 */
try {
  const given = new App({ autoSynth: false }).node;
  const from: unknown = given.tryGetContext("from");
  const value: unknown =
    typeof from === "string" ? JSON.parse(readFileSync(from, "utf8")) : given.tryGetContext("muster");
  musterApp(value, { autoSynth: false }).synth();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
