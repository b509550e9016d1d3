import { uuid } from "./ids.ts";
import { readBody, type WireRequest, type WireResponse } from "./wire.ts";

/** An entry of PutEvents as it was accepted. */
export interface PutEvent {
  readonly source: string;
  readonly detailType: string;
  readonly detail: unknown;
  readonly eventBusName: string;
}

export type EventListener = (event: PutEvent) => void;

/** The event bus of this process: it takes events and hands them on at once. */
export interface EventBus {
  subscribe(listener: EventListener): () => void;
  answer(request: WireRequest, requestId: string): Promise<WireResponse>;
}

const MOST_ENTRIES = 10;
const MOST_BYTES = 1024 * 1024;

interface Entry {
  readonly Source?: string;
  readonly DetailType?: string;
  readonly Detail?: string;
  readonly EventBusName?: string;
}

/** PutEvents (EventBridge API reference): the call is refused as a whole, or each entry is taken or refused by itself. */
export function eventBus(random: () => number): EventBus {
  const listeners = new Set<EventListener>();

  function take(entry: Entry): object {
    const { Source = "", DetailType = "", Detail = "", EventBusName: eventBusName = "default" } = entry;
    if (Source === "") return refused("InvalidArgument", "Parameter Source is not valid. Reason: Source is a required");
    if (Source.startsWith("aws.")) return refused("NotAuthorizedForSourceException", "Not authorized for the source.");
    if (DetailType === "") return refused("InvalidArgument", "Parameter DetailType is not valid.");
    let detail: unknown;
    try {
      detail = JSON.parse(Detail);
    } catch {
      return refused("MalformedDetail", "Detail is malformed.");
    }
    if (typeof detail !== "object" || detail === null) return refused("MalformedDetail", "Detail is malformed.");
    for (const listener of listeners) listener({ source: Source, detailType: DetailType, detail, eventBusName });
    return { EventId: uuid(random) };
  }

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async answer(request, requestId) {
      const body = Buffer.from(await readBody(request.body));
      const { Entries = [] } = JSON.parse(body.toString("utf8")) as { Entries?: readonly Entry[] }; // checked below
      if (Entries.length < 1 || Entries.length > MOST_ENTRIES) {
        return failure("ValidationException", `entries: length must be 1 to ${MOST_ENTRIES}`, requestId);
      }
      if (body.byteLength > MOST_BYTES) {
        return failure("ValidationException", "Total size of the entries in the request is over the limit.", requestId);
      }
      const answers = Entries.map(take);
      const output = { Entries: answers, FailedEntryCount: answers.filter((each) => "ErrorCode" in each).length };
      return json(200, output, requestId);
    },
  };
}

const refused = (ErrorCode: string, ErrorMessage: string) => ({ ErrorCode, ErrorMessage });

function failure(code: string, message: string, requestId: string): WireResponse {
  return json(400, { __type: code, message }, requestId);
}

function json(statusCode: number, output: object, requestId: string): WireResponse {
  const headers = { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": requestId };
  return { statusCode, headers, body: Buffer.from(JSON.stringify(output), "utf8") };
}
