/** Calls to S3 at once: the SDK holds 50 sockets, and a call that waits for one of them is timed already. */
const usualAtOnce = 32;

/** Does something with each item, so many at once, and gives the results in their order. */
export async function inSlices<T, R>(
  items: readonly T[],
  each: (item: T) => Promise<R>,
  atOnce = usualAtOnce,
): Promise<readonly R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += atOnce) {
    results.push(...(await Promise.all(items.slice(at, at + atOnce).map(each))));
  }
  return results;
}
