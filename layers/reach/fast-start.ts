import { classOf } from "#commands/class-of.ts";
import { remembered } from "#commands/remembered.ts";

/** Words without any meaning to the shell, in single quotes, or the one redirection that changes nothing; and pipes. */
const word = String.raw`(?:[A-Za-z0-9_./:=@%+,\[\]^-]+|'[^']*'|2>/dev/null)`;
const plain = new RegExp(String.raw`^[ \t]*${word}(?:[ \t]+(?:${word}|\|\|?|&&))*[ \t]*$`);

/**
 * Whether a command may be started without a subshell. One that a signal ended is then run again in one, since the loop's
 * own words ("Killed") are among its output: so it has to be one that only looks. Plain pipelines only: their exit code
 * says by itself whether it was a signal.
 */
export const startsFast = remembered((command: string) => plain.test(command) && classOf(command) !== "unknown");
