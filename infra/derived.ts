import { Duration } from "aws-cdk-lib";

/** What follows from the context and from AWS's rules, and can therefore not be set. */
export const dispatcherTimeout = Duration.seconds(60);
/** An expand task that was never sent may leave ten thousand outcomes to write. */
export const deadLetterTimeout = Duration.minutes(5);
/** Two uploads of 30 s each, the second with a key read anew. */
export const heimdallTimeout = Duration.seconds(90);
/** A scan of 10,000 targets means as many outcomes to read and pointers to write. */
export const rollupTimeout = Duration.minutes(10);

/** AWS asks for six times the function's timeout, so that throttled receives do not use up the message. */
export const visibilityOf = (timeout: Duration) => Duration.seconds(6 * timeout.toSeconds());

export const taskRetention = Duration.days(4);
/** A message keeps the time at which it was first sent, so a dead-letter queue must keep longer than its source. */
export const deadRetention = Duration.days(14);

/** With waits of 30 s that double up to 15 min, eight tries outlast about half an hour without a cluster (decision 3). */
export const mostTaskReceives = 8;
export const mostReceives = 5;

/**
 * A young generation of 8 MB instead of 16: what a page of pods or a batch of messages leaves behind is swept sooner. An
 * expand task of 10,000 containers then stays below 230 MB, which would be 300, and the auditor has the rest.
 */
export const executorNodeOptions = "--max-semi-space-size=8";

/** Invocations at once of the functions that only write to S3. */
export const pollersOfFewMessages = 5;

/** Lambda allows 4 KB of environment; a quarter is left for what AWS adds. */
export const mostEnvironmentBytes = 3_072;
