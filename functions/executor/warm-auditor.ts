import { type Auditor, startAuditor } from "#audit/auditor.ts";

/** The auditor of one process. */
export interface WarmAuditor {
  /** Starts it when first asked for, and keeps it; one that did not start is tried anew. */
  readonly get: () => Promise<Auditor>;
  /** Ends it, if it was started. Never throws. */
  close(): Promise<void>;
}

/** Keeps the auditor's parent process from one scan to the next. */
export function warmAuditor(options: Parameters<typeof startAuditor>[0]): WarmAuditor {
  let warm: Promise<Auditor> | undefined;
  return {
    get() {
      warm ??= startAuditor(options).catch((error: unknown) => {
        warm = undefined;
        throw error;
      });
      return warm;
    },
    close: async () => warm?.then((running) => running.close()).catch(() => undefined),
  };
}
