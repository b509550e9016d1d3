import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type * as z from "zod";
import { ScanCompleted, ScanFailed, ScanRequested, ScanTaskFinished } from "#contract/events.ts";
import { ScanRequest } from "#contract/request.ts";

const folder = new URL("../../docs/examples/", import.meta.url);
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, folder), "utf8"));

/** Detail-type and schema of each event example. */
const events: Readonly<Record<string, readonly [string, z.ZodType]>> = {
  "event-scan-requested.json": ["Scan Requested", ScanRequested],
  "event-scan-task-finished.json": ["Scan Task Finished", ScanTaskFinished],
  "event-scan-completed.json": ["Scan Completed", ScanCompleted],
  "event-scan-failed.json": ["Scan Failed", ScanFailed],
};

describe("the examples", () => {
  it("has one of the request and of each event, and nothing else", () => {
    expect(readdirSync(folder).toSorted()).toEqual([...Object.keys(events), "scan-request.json"].toSorted());
  });

  it("shows a request that the dispatcher accepts", () => {
    expect(ScanRequest.parse(read("scan-request.json"))).toEqual(read("scan-request.json"));
  });

  it.each(Object.entries(events))("%s is an event as EventBridge delivers it", (name, [detailType, schema]) => {
    const { detail, ...envelope } = read(name) as { detail: unknown };
    expect(envelope).toMatchObject({ version: "0", source: "muster", "detail-type": detailType });
    expect(schema.parse(detail)).toEqual(detail);
  });
});
