import * as z from "zod";
import { deployed } from "#aws/deployed.ts";
import { readEnvironment } from "#aws/environment.ts";
import { secretsManager } from "#aws/secrets.ts";
import { telemetryOf } from "../telemetry.ts";
import { heimdallHandler } from "./handler.ts";
import { heimdallServer } from "./server.ts";

/** Entry point of the function that hands reports to a Heimdall server. */
const { evidence } = deployed(readEnvironment(process.env));
const Own = z.object({
  HEIMDALL_URL: z.url(),
  HEIMDALL_KEY: z.string().min(1),
  HEIMDALL_PUBLIC: z.enum(["true", "false"]),
  HEIMDALL_TAGS: z.string().default(""),
});
const own = Own.parse(process.env);

export const handler = heimdallHandler({
  evidence,
  heimdall: heimdallServer({
    ...{ url: own.HEIMDALL_URL, isPublic: own.HEIMDALL_PUBLIC === "true" },
    ...{ keySecret: own.HEIMDALL_KEY, secret: secretsManager() },
  }),
  tags: own.HEIMDALL_TAGS.split(",").filter((tag) => tag !== ""),
  ...telemetryOf("heimdall"),
});
