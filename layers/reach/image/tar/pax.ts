import { ImageUnreadable } from "../unreadable.ts";

/** What an extended header says besides or instead of the header's own fields (POSIX.1-2001 pax). */
export type Pax = ReadonlyMap<string, string>;

/** Reads records of the form `LENGTH KEY=VALUE\n`; bytes are latin1 characters. */
export function readPax(body: Buffer): Pax {
  const records = new Map<string, string>();
  let rest = body.toString("latin1");
  while (rest !== "") {
    const [head = "", digits = ""] = /^(\d{1,7}) /.exec(rest) ?? [];
    const record = rest.slice(0, Number(digits));
    const equals = record.indexOf("=");
    if (head === "" || record.length < Number(digits) || !record.endsWith("\n") || equals < head.length) {
      throw new ImageUnreadable("an extended header in a layer is not well formed");
    }
    records.set(record.slice(head.length, equals), record.slice(equals + 1, -1));
    rest = rest.slice(record.length);
  }
  return records;
}

/** A number of a record, in whole units; undefined where the record is not there or empty. */
export function paxNumber(pax: Pax, key: string): number | undefined {
  const text = pax.get(key);
  if (text === undefined || text === "") return undefined;
  if (!/^-?\d{1,20}(\.\d*)?$/.test(text)) throw new ImageUnreadable(`an extended header in a layer has a bad ${key}`);
  const value = Math.floor(Number(text));
  if (!Number.isSafeInteger(value)) throw new ImageUnreadable(`an extended header in a layer has a bad ${key}`);
  return value;
}
