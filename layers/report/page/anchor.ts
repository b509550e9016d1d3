import { createHash } from "node:crypto";

const longest = 200;

/**
 * Gives out element ids for controls: `control-` and the control's id, where bytes other than A-Z a-z 0-9 . _ - are
 * `~` and two hexadecimal digits. No two controls get the same, even when their ids are equal.
 */
export function anchors(): (controlId: string) => string {
  const given = new Map<string, number>();
  return (controlId) => {
    const anchor = anchorOf(controlId);
    const times = (given.get(anchor) ?? 0) + 1;
    given.set(anchor, times);
    // Two tildes never stand together in an encoded id.
    return times === 1 ? anchor : `${anchor}~~${times}`;
  };
}

/** The element id of the first control with this id. */
export function anchorOf(controlId: string): string {
  const bytes = new TextEncoder().encode(controlId);
  const encoded = Array.from(bytes, (byte) => {
    const character = String.fromCharCode(byte);
    return /[A-Za-z0-9._-]/.test(character) ? character : `~${byte.toString(16).padStart(2, "0")}`;
  }).join("");
  if (encoded.length <= longest) return `control-${encoded}`;
  const digest = createHash("sha256").update(bytes).digest("hex").slice(0, 32);
  return `control-${encoded.slice(0, longest - 34)}~~${digest}`;
}
