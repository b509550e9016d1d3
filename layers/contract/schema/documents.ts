import * as z from "zod";
import { Finding } from "../finding.ts";
import { Outcome } from "../outcome.ts";
import { ScanRequest } from "../request.ts";
import { Cancelled, Complete, Expected, Plan, Rejected, Shard } from "../run.ts";
import { Summary } from "../summary.ts";
import { Task } from "../task.ts";

const sources = {
  "scan-request-1": ScanRequest,
  "task-1": Task,
  "outcome-1": Outcome,
  "finding-1": Finding,
  "summary-1": Summary,
  "plan-1": Plan,
  "rejected-1": Rejected,
  "expected-1": Expected,
  "shard-1": Shard,
  "complete-1": Complete,
  "cancelled-1": Cancelled,
};

/** File names and texts of the JSON Schemas (2020-12) of everything that leaves a process. */
export function schemaDocuments(): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(sources).map(([name, source]) => [
      `${name}.json`,
      `${JSON.stringify({ title: name, ...z.toJSONSchema(source) }, null, 2)}\n`,
    ]),
  );
}
