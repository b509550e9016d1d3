/** Does something with each item, so many at once, and gives the results in their order. The SDK holds 50 sockets. */
export async function inSlices<T, R>(
  items: readonly T[],
  atOnce: number,
  each: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += atOnce) {
    results.push(...(await Promise.all(items.slice(at, at + atOnce).map(each))));
  }
  return results;
}
