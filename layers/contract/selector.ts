const key = `(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?`;
const value = `(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?`;
const requirement = [
  `!\\s*${key}`,
  `${key}\\s*(?:=|==|!=)\\s*${value}`,
  `${key}\\s+(?:in|notin)\\s*\\(\\s*${value}(?:\\s*,\\s*${value})*\\s*\\)`,
  key,
].join("|");
const selector = new RegExp(`^\\s*(?:${requirement})\\s*(?:,\\s*(?:${requirement})\\s*)*$`);

/** Whether the text follows the grammar of Kubernetes label selectors (equality and set based). */
export function isLabelSelector(text: string): boolean {
  return selector.test(text);
}
