import { deployed } from "#aws/deployed.ts";
import { readEnvironment } from "#aws/environment.ts";
import { telemetryOf } from "../telemetry.ts";
import { deadLetterHandler } from "./handler.ts";

/** Entry point of the dead-letter function. */
const { evidence } = deployed(readEnvironment(process.env));

export const handler = deadLetterHandler({ evidence, now: () => new Date(), ...telemetryOf("dead-letter") });
