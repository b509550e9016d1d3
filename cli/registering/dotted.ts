import { ScanError } from "#contract/errors.ts";

type Table = Record<string, unknown>;

/**
 * A threshold file's dotted keys (`failed.total.max: 0`) as the tables they stand for. Where both forms say something about
 * one key it is refused: which of them counts would depend on the reader.
 */
export function nested(value: unknown, where: string): unknown {
  if (!isTable(value)) return value;
  const whole: Table = {};
  for (const [key, member] of Object.entries(value)) put(whole, key.split("."), member, where);
  return whole;
}

function put(table: Table, [head = "", ...rest]: readonly string[], member: unknown, where: string): void {
  if (rest.length === 0) {
    if (Object.hasOwn(table, head)) throw new ScanError("bad-request", `${where}: ${head} is said twice`);
    table[head] = member;
    return;
  }
  const below = Object.hasOwn(table, head) ? table[head] : {};
  if (!isTable(below)) throw new ScanError("bad-request", `${where}: ${head} is both a value and a table`);
  const own = { ...below };
  put(own, rest, member, where);
  table[head] = own;
}

const isTable = (value: unknown): value is Table =>
  typeof value === "object" && value !== null && !Array.isArray(value);
