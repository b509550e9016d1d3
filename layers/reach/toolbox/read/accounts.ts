/** Names of users and groups, from the target's own account files. */
export interface Accounts {
  readonly user: (id: number) => string;
  readonly group: (id: number) => string;
}

/** What `stat` prints where no account has the number. */
const nobody = "UNKNOWN";

/** Reads `/etc/passwd` and `/etc/group`; the first line of a number is the one that counts, as for getpwuid. */
export function accountsFrom(passwd: string, group: string): Accounts {
  const [users, groups] = [namesIn(passwd), namesIn(group)];
  return { user: (id) => users.get(id) ?? nobody, group: (id) => groups.get(id) ?? nobody };
}

function namesIn(text: string): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const line of text.split("\n")) {
    const [name = "", , id = ""] = line.split(":");
    if (/^\d+$/.test(id) && name !== "" && !names.has(Number(id))) names.set(Number(id), name);
  }
  return names;
}

/** Text in which numbers stand where names belong: the library writes them as `\x01U1000\x01` and `\x01G1000\x01`. */
export function withNames(text: string, { user, group }: Accounts): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a byte that no name and no format of stat holds
  return text.replaceAll(/\x01([UG])(\d+)\x01/g, (_, kind, id) =>
    kind === "U" ? user(Number(id)) : group(Number(id)),
  );
}

/** The marks that stand for `%U` and `%G` in a format of stat. */
export const userMark = "\x01U%u\x01";
export const groupMark = "\x01G%g\x01";
