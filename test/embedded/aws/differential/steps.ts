/** What came of one call: what was looked at of its answer, or the name of the error. */
export type Outcomes = ReadonlyMap<string, unknown>;

/** Carries out named calls one after the other and keeps what came of each. */
export interface Steps {
  readonly outcomes: Outcomes;
  /** `view` takes from an answer what two services can agree on: no ids, no times. Default: nothing. */
  step<T>(name: string, work: () => Promise<T>, view?: (value: T) => unknown): Promise<T | undefined>;
}

export function steps(): Steps {
  const outcomes = new Map<string, unknown>();
  return {
    outcomes,
    async step(name, work, view = () => "done") {
      if (outcomes.has(name)) throw new Error(`there are two steps "${name}"`);
      try {
        const value = await work();
        outcomes.set(name, view(value));
        return value;
      } catch (error) {
        outcomes.set(name, codeOf(error));
        return undefined;
      }
    },
  };
}

/** What a service called its refusal, or its status where it had no words. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "?";
  const { $metadata } = error as { readonly $metadata?: { readonly httpStatusCode?: number } }; // the SDK's own errors
  // fauxqs puts the prefix before codes that have no such form on AWS.
  return error.name === "Unknown"
    ? `HTTP ${$metadata?.httpStatusCode}`
    : error.name.replace(/^AWS\.SimpleQueueService\./, "");
}
