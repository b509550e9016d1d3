import type { Context } from "aws-lambda";
import type { Clock } from "../clock.ts";

export interface FunctionSettings {
  readonly functionName: string;
  readonly memoryMegabytes: number;
  readonly timeoutMs: number;
  /** Region and account are those of the queue that feeds the function. */
  readonly region: string;
  readonly account: string;
}

export type InvocationResult =
  | { readonly ok: true; readonly response: unknown }
  | { readonly ok: false; readonly error: unknown };

/** The context object of one invocation (Lambda guide, nodejs-context). */
function invocationContext(settings: FunctionSettings, requestId: string, deadline: number, clock: Clock): Context {
  const { functionName, region, account } = settings;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName,
    functionVersion: "$LATEST",
    invokedFunctionArn: `arn:aws:lambda:${region}:${account}:function:${functionName}`,
    memoryLimitInMB: String(settings.memoryMegabytes),
    awsRequestId: requestId,
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: "embedded",
    getRemainingTimeInMillis: () => Math.max(0, deadline - clock.now()),
    done: unsupported,
    fail: unsupported,
    succeed: unsupported,
  };
}

function unsupported(): never {
  throw new Error("context.done, fail and succeed are gone since Node.js 24: return or throw instead");
}

/**
 * Runs a handler as Lambda does: the event and the answer cross as JSON, and after `timeoutMs` the invocation has failed,
 * whatever the handler does later. Here nothing can stop it, so a late end is reported through `late`.
 */
export async function invoke<E>(
  handler: (event: E, context: Context) => Promise<unknown>,
  event: E,
  { settings, requestId, clock, late }: InvocationPorts,
): Promise<InvocationResult> {
  const context = invocationContext(settings, requestId, clock.now() + settings.timeoutMs, clock);
  let over = false;
  const run = Promise.resolve()
    .then(() => handler(structuredClone(event), context))
    .then((response): InvocationResult => ({ ok: true, response: asJson(response) }))
    .catch((error: unknown): InvocationResult => ({ ok: false, error }))
    .then((result) => {
      if (over) late(requestId);
      return result;
    });
  return await new Promise<InvocationResult>((resolve) => {
    const cancel = clock.setTimer(settings.timeoutMs, () => {
      over = true;
      const seconds = (settings.timeoutMs / 1_000).toFixed(2);
      resolve({ ok: false, error: new Error(`${requestId} Task timed out after ${seconds} seconds`) });
    });
    void run.then((result) => {
      cancel();
      resolve(result);
    });
  });
}

export interface InvocationPorts {
  readonly settings: FunctionSettings;
  readonly requestId: string;
  readonly clock: Clock;
  /** Called when a handler ends after its time was up. */
  readonly late: (requestId: string) => void;
}

/** The answer after its way through JSON; throws when it cannot be written so. */
function asJson(response: unknown): unknown {
  const text = JSON.stringify(response);
  return text === undefined ? undefined : JSON.parse(text);
}
