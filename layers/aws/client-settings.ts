/**
 * SDK settings that all clients share: a call that hangs must not eat a function's whole time. Without
 * `throwOnRequestTimeout` the SDK only warns. A long poll of SQS waits for 20 s.
 */
export const clientSettings = {
  maxAttempts: 5,
  retryMode: "standard",
  // No `socketTimeout`: it holds every request for three seconds, and ten thousand messages with them.
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
} as const;
