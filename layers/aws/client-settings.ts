/**
 * SDK settings that all clients share: a call that hangs must not eat a function's whole time. Without
 * `throwOnRequestTimeout` the SDK only warns. A long poll of SQS waits for 20 s.
 */
export const clientSettings = {
  maxAttempts: 5,
  retryMode: "standard",
  requestHandler: {
    connectionTimeout: 3_000,
    requestTimeout: 30_000,
    throwOnRequestTimeout: true,
    socketTimeout: 30_000,
  },
} as const;
