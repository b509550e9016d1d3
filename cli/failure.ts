import { asScanError } from "#contract/errors.ts";
import { reasons } from "#contract/reasons.ts";

/**
 * Runs a verb and turns what it throws into one message and exit code 2: what happened, and what to do. With `json`,
 * stdout gets `{"error": {"reason", "message", "advice"}}`. Stack traces only with MUSTER_DEBUG set.
 */
export async function orExplain(json: boolean, verb: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await verb();
  } catch (thrown) {
    const error = asScanError(thrown);
    const { advice } = reasons[error.code];
    if (json)
      process.stdout.write(`${JSON.stringify({ error: { reason: error.code, message: error.message, advice } })}\n`);
    process.stderr.write(`muster: ${error.code}: ${error.message}\n`);
    if (error.code !== "bad-request") process.stderr.write(`  ${advice}\n`);
    if (process.env.MUSTER_DEBUG) process.stderr.write(`${error.stack}\n${String(error.cause ?? "")}\n`);
    process.exitCode = 2;
  }
}
