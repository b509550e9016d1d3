/** A function of a text that keeps its last results: the same commands come again with every scan. */
export function remembered<T>(judge: (text: string) => T, most = 4096): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const result = judge(text);
    if (known.size >= most) known.delete(known.keys().next().value ?? "");
    known.set(text, result);
    return result;
  };
}
