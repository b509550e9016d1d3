import { printable } from "#cluster/status.ts";
import { asScanError, ScanError } from "#contract/errors.ts";
import { reasons } from "#contract/reasons.ts";

/** Words of a container or a server must not steer the terminal, nor fill it. */
const longestLine = 4_000;

/**
 * Runs a verb and turns what it throws into one message and exit code 2: what happened, and what to do. With `json`,
 * stdout gets `{"error": {"reason", "message", "advice"}}`. Stack traces only with MUSTER_DEBUG set.
 */
export async function orExplain(json: boolean, verb: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await verb();
  } catch (thrown) {
    const error = lackingSetUp(asScanError(thrown));
    const { advice } = reasons[error.code];
    if (json)
      process.stdout.write(`${JSON.stringify({ error: { reason: error.code, message: error.message, advice } })}\n`);
    const lines = error.message.split("\n").map((line) => printable(line, longestLine));
    process.stderr.write(`muster: ${error.code}: ${lines.join("\n")}\n`);
    if (error.code !== "bad-request") process.stderr.write(`  ${advice}\n`);
    if (process.env.MUSTER_DEBUG) process.stderr.write(`${error.stack}\n${String(error.cause ?? "")}\n`);
    process.exitCode = 2;
  }
}

/** What the AWS SDK misses on this machine is for the caller to mend, whichever call has found it out. */
function lackingSetUp(error: ScanError): ScanError {
  const { name, message } = error.cause instanceof Error ? error.cause : error;
  const text =
    name === "CredentialsProviderError"
      ? `no AWS credentials: ${message}`
      : message === "Region is missing"
        ? "no AWS region: give --region, or set AWS_REGION"
        : undefined;
  return text === undefined ? error : new ScanError("bad-request", text, { cause: error });
}
