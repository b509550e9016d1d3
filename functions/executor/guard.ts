import type { Connection } from "#cluster/connection.ts";
import { watchPod } from "#cluster/watch.ts";
import type { Target } from "#contract/target.ts";
import { sameRun } from "./locate.ts";

/**
 * A signal that also aborts, as `restarted` or `replaced`, when the watched container stops being the one in which the
 * scan began. An exec stream into a deleted pod can stay open and frozen, so the stream alone does not tell.
 */
export function guardTarget(connection: Connection, outer: AbortSignal) {
  const changed = new AbortController();
  const over = new AbortController();
  const signal = AbortSignal.any([outer, changed.signal]);
  return {
    signal,
    watch(began: Target): void {
      const until = AbortSignal.any([signal, over.signal]);
      const check = (pod: Parameters<typeof sameRun>[1]) => {
        try {
          sameRun(began, pod);
        } catch (error) {
          changed.abort(error);
        }
      };
      const { namespace, pod } = began;
      void watchPod(connection, namespace, pod, (event) => check(event.kind === "gone" ? undefined : event.pod), until);
    },
    release(): void {
      over.abort();
    },
  };
}
