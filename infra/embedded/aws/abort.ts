/** Throws what the SDK's own handlers throw when a caller gives up. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw Object.assign(new Error("Request aborted"), { name: "AbortError" });
}
