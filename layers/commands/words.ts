import type { Piece, Word } from "./syntax.ts";

/** The text of a word that means itself, whatever the container holds; undefined when something in it is expanded. */
export function literal(word: Word | undefined): string | undefined {
  if (word === undefined) return undefined;
  let text = "";
  for (const piece of word) {
    if (piece.kind !== "text") return undefined;
    text += piece.text;
  }
  return text;
}

/** What the word begins with before anything in it is expanded. */
export function lead(word: Word): string {
  let text = "";
  for (const piece of word) {
    if (piece.kind !== "text") break;
    text += piece.text;
  }
  return text;
}

/** True when the word becomes exactly one word, whatever its parts expand to. */
export const isSingle = (word: Word) => word.every((piece) => piece.kind === "text" || !mayBeMany(piece));

const mayBeMany = (piece: Piece) => piece.kind === "glob" || (piece.kind !== "text" && piece.many);

/** The word as a pattern of text and glob signs; undefined when it holds a variable or a substitution. */
export function pattern(word: Word): { readonly text: string; readonly glob: boolean } | undefined {
  let text = "";
  let glob = false;
  for (const piece of word) {
    if (piece.kind === "variable" || piece.kind === "substitution") return undefined;
    if (piece.kind === "glob") glob = true;
    text += piece.text;
  }
  return { text, glob };
}

/** The word without its first `count` characters, which must be text. */
export function without(word: Word, count: number): Word {
  const rest: Piece[] = [];
  let left = count;
  for (const piece of word) {
    if (left === 0 || piece.kind !== "text") {
      rest.push(piece);
      continue;
    }
    const text = piece.text.slice(left);
    left -= piece.text.length - text.length;
    if (text !== "") rest.push({ ...piece, text });
  }
  return rest;
}
