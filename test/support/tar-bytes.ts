/** A member of a tar, good or bad: what is not given is as in a small plain file of root. */
export interface Member {
  readonly name: string;
  readonly flag?: string;
  readonly link?: string;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly mtime?: number;
  readonly content?: string | Buffer;
  /** Bytes of a long name or link go before it in an extended header. */
  readonly pax?: Readonly<Record<string, string>>;
}

export const dir = (name: string, more: Partial<Member> = {}): Member => ({ name, flag: "5", mode: 0o755, ...more });
export const link = (name: string, to: string): Member => ({ name, flag: "2", link: to, mode: 0o777 });
export const hardlink = (name: string, to: string): Member => ({ name, flag: "1", link: to });
export const file = (name: string, content: string | Buffer = "", more: Partial<Member> = {}): Member => ({
  name,
  content,
  ...more,
});

/** A ustar archive of members, byte for byte as they are given: archivers refuse what some tests need. */
export function tarOf(members: readonly Member[], end = true): Buffer {
  const parts = members.flatMap((member) => [...(member.pax ? paxOf(member.pax) : []), ...blocksOf(member)]);
  return Buffer.concat([...parts, ...(end ? [Buffer.alloc(1024)] : [])]);
}

function paxOf(records: Readonly<Record<string, string>>): Buffer[] {
  const lines = Object.entries(records).map(([key, value]) => {
    const rest = ` ${key}=${value}\n`;
    const guess = rest.length + String(rest.length).length;
    const length = rest.length + String(guess).length;
    return `${length}${rest}`;
  });
  return blocksOf({ name: "pax", flag: "x", content: Buffer.from(lines.join(""), "latin1") });
}

function blocksOf({
  name,
  flag = "0",
  link = "",
  mode = 0o644,
  uid = 0,
  gid = 0,
  mtime = 0,
  content = "",
}: Member): Buffer[] {
  const body = typeof content === "string" ? Buffer.from(content, "latin1") : content;
  const header = Buffer.alloc(512);
  header.write(name, 0, 100, "latin1");
  const octal = (value: number, at: number, length: number) =>
    header.write(`${value.toString(8).padStart(length - 1, "0")}\0`, at, "latin1");
  octal(mode, 100, 8);
  octal(uid, 108, 8);
  octal(gid, 116, 8);
  octal(body.length, 124, 12);
  octal(mtime, 136, 12);
  header.fill(" ", 148, 156);
  header.write(flag, 156, "latin1");
  header.write(link, 157, 100, "latin1");
  header.write("ustar\x0000", 257, "latin1");
  octal(
    header.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  return [header, body, Buffer.alloc((512 - (body.length % 512)) % 512)];
}
