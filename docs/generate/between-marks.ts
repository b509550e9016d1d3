/** A text with everything between two marks replaced; the marks stay. Throws when they are not there. */
export function betweenMarks(text: string, begin: string, end: string, inside: string): string {
  const [before, rest] = text.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`the document lacks the mark ${begin}`);
  return `${before}${begin}\n${inside}\n${end}${after}`;
}
