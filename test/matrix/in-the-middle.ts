import type { Stage } from "./stage.ts";

/** Enough for a greeting and some answers; those to the whole profile are many times that. */
const firstBytes = 2000;

/**
 * Lets something happen in the middle of the scan of a row's pod: its exec streams stand still after the first answers, so
 * that the scan cannot end; when the first of them does, and the scan's own watch of the pod is there, it happens. The
 * function that is given is called after the scan: it rejects where nothing has happened by then.
 */
export function inTheMiddle(stage: Stage, happen: (stage: Stage) => Promise<void>): () => Promise<void> {
  const { cluster, pod, atEnd } = stage;
  const frozen = Promise.withResolvers<void>();
  const watched = Promise.withResolvers<void>();
  const watches = ({ url }: { readonly url: string }) => {
    if (url.includes("watch=") && url.includes(pod)) watched.resolve();
    return false; // only listens
  };
  const match = ({ url }: { readonly url: string }) => url.includes(`/pods/${pod}/exec?`);
  atEnd(cluster.faults.add({ match: watches }));
  atEnd(cluster.faults.add({ match, freezeAfterBytes: firstBytes, frozen: frozen.resolve }));
  let begun = false;
  const happened = Promise.all([frozen.promise, watched.promise]).then(() => {
    begun = true;
    return happen(stage);
  });
  return async () => {
    if (!begun) throw new Error(`${pod}: the scan was over before anything could happen`);
    await happened;
  };
}
