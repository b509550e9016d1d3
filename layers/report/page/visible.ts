/** Everything that has an effect and no shape: controls, formats (bidi, zero width, tags), separators, noncharacters. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu;

/**
 * Text that shows what it holds: Unicode's control pictures for the old control characters, ⟨U+202E⟩ for what turns,
 * joins or hides, U+FFFD for half a surrogate pair. Line feeds and tabs stay.
 */
export function visible(text: string): string {
  return text.toWellFormed().replaceAll(unseen, picture);
}

function picture(character: string): string {
  if (character === "\n" || character === "\t") return character;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return "␡";
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
}
