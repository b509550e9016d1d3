import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { Command } from "commander";
import { ScanError } from "#contract/errors.ts";
import { faultsAsText, faultsOf } from "#contract/faults.ts";
import { Summary } from "#contract/summary.ts";
import { orExplain } from "../failure.ts";
import { summaryText } from "../summary-text.ts";
import { reportVerifyCommand } from "./report-verify.ts";

/** `muster report`: reads reports that are there already; needs no cluster. */
export function reportCommand(): Command {
  const show = new Command("show")
    .description("say what reports found and what they cost, two lines each")
    .argument("<place...>", "summary.json, the folder of a report, or any folder above")
    .option("--json", "one JSON document on stdout")
    .action((places: readonly string[], flags: { readonly json?: true }) =>
      orExplain(flags.json ?? false, async () => showSummaries(places, flags.json ?? false)),
    );
  return new Command("report").description("read reports").addCommand(show).addCommand(reportVerifyCommand());
}

function showSummaries(places: readonly string[], json: boolean): number {
  const summaries = places.flatMap(summariesIn).map(readSummary);
  const text = json ? JSON.stringify({ reports: summaries }) : summaries.map(summaryText).join("\n");
  process.stdout.write(`${text}\n`);
  return 0;
}

function summariesIn(place: string): readonly string[] {
  const path = resolve(place);
  if (!existsSync(path)) throw new ScanError("bad-request", `there is no ${place}; name a folder with a summary.json`);
  if (!statSync(path).isDirectory()) return [path];
  const found = readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter((name) => name === "summary.json" || name.endsWith("/summary.json"))
    .sort();
  if (found.length === 0) throw new ScanError("bad-request", `${place} holds no summary.json, so no report is there`);
  return found.map((name) => join(path, name));
}

function readSummary(path: string): Summary {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new ScanError("bad-request", `${path} is not JSON, so it is no summary`, { cause: error });
  }
  const parsed = Summary.safeParse(value);
  if (!parsed.success) throw new ScanError("bad-request", `${path}: ${faultsAsText(faultsOf(parsed.error))}`);
  return parsed.data;
}
