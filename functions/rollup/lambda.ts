import { deployed } from "#aws/deployed.ts";
import { readEnvironment } from "#aws/environment.ts";
import { eventBus } from "#aws/events.ts";
import { readRegistry } from "../registry.ts";
import { telemetryOf } from "../telemetry.ts";
import { rollupHandler } from "./handler.ts";

/** Entry point of the rollup function; `registry.json` lies beside the bundle. */
const { evidence, published } = deployed(readEnvironment(process.env));
const { schedules } = readRegistry(new URL("./registry.json", import.meta.url));

export const handler = rollupHandler({
  evidence,
  published,
  events: eventBus(),
  schedules: new Set(schedules),
  ...telemetryOf("rollup"),
});
