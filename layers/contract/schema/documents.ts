import * as z from "zod";
import { ScanCompleted, ScanFailed, ScanRequested, ScanTaskFinished } from "../events.ts";
import { Finding } from "../finding.ts";
import { Manifest } from "../manifest.ts";
import { Outcome } from "../outcome.ts";
import { ClusterIndex, Feed, Fleet, Latest } from "../published.ts";
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
  "manifest-1": Manifest,
  "plan-1": Plan,
  "rejected-1": Rejected,
  "expected-1": Expected,
  "shard-1": Shard,
  "complete-1": Complete,
  "latest-1": Latest,
  "cluster-index-1": ClusterIndex,
  "fleet-1": Fleet,
  "feed-1": Feed,
  "event-scan-requested-1": ScanRequested,
  "event-scan-task-finished-1": ScanTaskFinished,
  "event-scan-completed-1": ScanCompleted,
  "event-scan-failed-1": ScanFailed,
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
