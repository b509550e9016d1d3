import type { Way } from "#contract/shell.ts";
import type { Carrier, Reached } from "./reached.ts";

/** A shell that the container has itself, as every other way is shown. */
export function ownShell(carrier: Carrier & { readonly way: Way }, reasons: readonly string[] = []): Reached {
  return {
    ...{ way: carrier.way, reasons, borrowed: new Set<string>() },
    run: (command, options) => carrier.run(command, options),
    close: () => carrier.close(),
    get execStreams() {
      return carrier.execStreams;
    },
    get traffic() {
      return carrier.traffic;
    },
  };
}
