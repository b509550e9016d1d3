const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text as XML content. Control characters become references, as S3 writes them in listings. */
function escapeXml(text: string): string {
  return text.replace(/[&<>"\p{Cc}]/gu, (character) => ESCAPES[character] ?? `&#${character.charCodeAt(0)};`);
}

/** `<name>value</name>`, or nothing for `undefined`. */
export function element(name: string, value: string | number | boolean | undefined): string {
  return value === undefined ? "" : `<${name}>${escapeXml(String(value))}</${name}>`;
}

/** A whole document as UTF-8 bytes. */
export function xmlDocument(root: string): Uint8Array {
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${root}`, "utf8");
}
