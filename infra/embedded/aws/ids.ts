/** Random identifiers out of an injected source of numbers in [0, 1), so that a seeded run repeats. */
export function hexId(random: () => number, digits: number): string {
  let id = "";
  while (id.length < digits) id += Math.floor(random() * 16).toString(16);
  return id;
}

/** A version 4 UUID (RFC 9562 §5.4). */
export function uuid(random: () => number): string {
  const hex = hexId(random, 30);
  const variant = "89ab"[Math.floor(random() * 4)] ?? "8";
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(12, 15)}-${variant}${hex.slice(15, 18)}-${hex.slice(18, 30)}`;
}
