import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { ScanError } from "#contract/errors.ts";
import { eventSource, type MusterEvent } from "#contract/events.ts";
import { clientSettings } from "./client-settings.ts";

/** Tells the world outside. Delivery is at least once: receivers know an event by its scan or task id. */
export interface Events {
  put(event: MusterEvent): Promise<void>;
}

/** The account's default event bus as Events. Throws a retryable ScanError when the bus did not take an event. */
export function eventBus(client: EventBridgeClient = new EventBridgeClient(clientSettings)): Events {
  return {
    async put({ detailType, detail }) {
      const entry = { Source: eventSource, DetailType: detailType, Detail: JSON.stringify(detail) };
      const { Entries = [] } = await client.send(new PutEventsCommand({ Entries: [entry] }));
      const refused = Entries.find(({ ErrorCode }) => ErrorCode !== undefined);
      if (refused === undefined) return;
      const text = `EventBridge did not take ${detailType}: ${refused.ErrorCode}: ${refused.ErrorMessage}`;
      throw new ScanError("internal", text, { retryable: true });
    },
  };
}
