import * as z from "zod";
import { HexId, RegisteredName, UtcTime } from "./names.ts";
import { Outcome } from "./outcome.ts";
import { Complete, Rejected } from "./run.ts";

/** The `source` of every event that muster puts on the event bus. */
export const eventSource = "muster";

const metadata = z.strictObject({
  schemaVersion: z.literal(1),
  scanId: HexId,
  /** The request's own `requestId`, or the scan's id when it had none. */
  correlationId: z.string(),
});

const about = {
  /** Who asked, in the request's own words. */
  requestedBy: z.string().nullable(),
  profiles: z.array(RegisteredName),
  clusters: z.array(RegisteredName),
};

/** Detail of `Scan Requested`: a request was accepted and its plan stands. */
export const ScanRequested = z.strictObject({ metadata, data: z.strictObject({ requestedAt: UtcTime, ...about }) });
export type ScanRequested = z.infer<typeof ScanRequested>;

/** Detail of `Scan Task Finished`: one container and profile, or one entry that matched nothing, has its outcome. */
export const ScanTaskFinished = z.strictObject({
  metadata,
  data: Outcome.omit({ schemaVersion: true, scanId: true }),
});
export type ScanTaskFinished = z.infer<typeof ScanTaskFinished>;

/** Detail of `Scan Completed`: every task of the scan has its outcome, and `latest/` and `index/` tell of them. */
export const ScanCompleted = z.strictObject({
  metadata,
  data: Complete.omit({ schemaVersion: true, scanId: true }).extend(about),
});
export type ScanCompleted = z.infer<typeof ScanCompleted>;

/** Detail of `Scan Failed`: the request was refused, every fault named; no task of it was sent. */
export const ScanFailed = z.strictObject({
  metadata,
  data: Rejected.omit({ schemaVersion: true, scanId: true }),
});
export type ScanFailed = z.infer<typeof ScanFailed>;

/** One event as it is put on the bus. EventBridge adds id, time, account and region. */
export type MusterEvent =
  | { readonly detailType: "Scan Requested"; readonly detail: ScanRequested }
  | { readonly detailType: "Scan Task Finished"; readonly detail: ScanTaskFinished }
  | { readonly detailType: "Scan Completed"; readonly detail: ScanCompleted }
  | { readonly detailType: "Scan Failed"; readonly detail: ScanFailed };

/** S3's `Object Created` as EventBridge hands it on (S3 guide, ev-events): the parts that muster looks at. */
export const ObjectCreated = z.object({
  "detail-type": z.literal("Object Created"),
  detail: z.object({ bucket: z.object({ name: z.string() }), object: z.object({ key: z.string() }) }),
});
