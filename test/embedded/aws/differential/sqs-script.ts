import type { SQSClient } from "@aws-sdk/client-sqs";
import { administration } from "./sqs-administration.ts";
import { delivery } from "./sqs-delivery.ts";
import { sending } from "./sqs-sending.ts";
import { type Outcomes, steps } from "./steps.ts";

/** One script of SQS calls, and what came of each by the name of its step. */
export async function sqsScript(sqs: SQSClient): Promise<Outcomes> {
  const script = steps();
  // A part that broke off is a step that differs, and the others are still tried.
  for (const part of [administration, sending, delivery]) {
    await script.step(`${part.name}: to its end`, () => part(sqs, script));
  }
  return script.outcomes;
}
