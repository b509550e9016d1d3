/**
 * Bytes or text from a container, fit for a terminal: everything but printable ASCII becomes an escape, and what is long
 * is cut. Nothing that a container printed can steer the terminal through it.
 */
export function shown(data: Uint8Array | string, most = 80): string {
  const text = typeof data === "string" ? Buffer.from(data) : Buffer.from(data.buffer, data.byteOffset, data.length);
  const head = text.subarray(0, most).toString("latin1");
  const escaped = head.replaceAll(
    /[^\x20-\x7e]/g,
    (byte) => short[byte] ?? `\\x${byte.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
  return typeof data === "string" && text.length <= most ? escaped : `"${escaped}"${text.length > most ? "…" : ""}`;
}

const short: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\x1b": "\\e" };
