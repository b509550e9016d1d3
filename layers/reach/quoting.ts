/** A word as one shell argument, whatever it holds. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Bytes as one shell argument, NUL excepted. */
export function quoteBytes(bytes: Uint8Array): Buffer {
  // latin1 maps each byte to one character and back, so bytes that are not UTF-8 survive.
  return Buffer.from(quote(Buffer.from(bytes).toString("latin1")), "latin1");
}
