import { createHash, randomBytes } from "node:crypto";
import type { Shell } from "#contract/shell.ts";
import { type Case, type Context, NotApplicable, requireTools } from "../case.ts";
import { answers, holds, sameBytes } from "../check.ts";
import { contentQuestion, type FileRecord, readContent, readRecord, recordQuestion } from "../file-record.ts";

/** A folder of the case's own, made by the reference; `$d` names it in the script. */
async function furnish(context: Context, script: string): Promise<string> {
  requireTools(context, "stat", "head", "readlink", "mkdir", "chmod", "ln", "rm");
  const folder = `/dev/shm/files-${randomBytes(6).toString("hex")}`;
  context.atEnd(async () => void (await context.reference.run(`chmod -R 700 ${folder}; rm -rf ${folder}`)));
  await answers(context.reference, { command: `umask 022; d=${folder}; mkdir $d && cd $d || exit 9\n${script}` });
  return folder;
}

/** The record by the session, held to the one by an exec of its own. */
async function recordOf(context: Context, session: Shell, path: string): Promise<FileRecord> {
  const question = recordQuestion(path);
  const [answer, reference] = [await session.run(question), await context.reference.run(question)];
  sameBytes(`the record of ${path}`, answer.stdout, reference.stdout);
  holds(answer.exitCode === reference.exitCode, `${path}: exit code ${reference.exitCode}, got ${answer.exitCode}`);
  return readRecord(answer);
}

const kinds = `printf 'content\\n' >plain; : >empty; mkdir folder; mkfifo pipe
ln -s plain link; ln -s nowhere dangling; ln -s loop-b loop-a; ln -s loop-a loop-b; ln -s folder to-folder`;

/** Flags and content that each kind of file has. */
const told: readonly (readonly [string, string, string | undefined])[] = [
  ["plain", "efr", "content\n"],
  ["empty", "efr", ""],
  ["folder", "edr", undefined],
  ["pipe", "epr", undefined],
  ["link", "eLfr", "content\n"],
  ["to-folder", "eLdr", undefined],
  ["dangling", "L", undefined],
  ["loop-a", "L", undefined],
  ["absent", "", undefined],
  ["absent/too", "", undefined],
  ["plain/below-a-file", "", undefined],
  ["../../null", "ecr", undefined],
];

const contents: readonly (readonly [string, Buffer])[] = [
  ["nothing", Buffer.alloc(0)],
  ["one-byte", Buffer.from("x")],
  ["no-newline", Buffer.from("a\nb")],
  ["newlines", Buffer.from("\n\n\n")],
  ["crlf", Buffer.from("a\r\nb\r\n")],
  ["latin-1", Buffer.from("gr\xfc\xdfe\n", "latin1")],
  ["every-byte", Buffer.from(Array.from({ length: 256 }, (_, value) => value))],
];

const oddNames = ["a b", " ", "it's", "''", 'say "so"', "new\nline", "-n", "$HOME", "$(touch in)", "`touch in`"];
const odderNames = ["; touch in;", "&", "*", "back\\slash", "\\", "grüße", "\xff\xfe not UTF-8", "~", "#", "!"];

const octal = (bytes: Uint8Array) => Array.from(bytes, (byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");

/** What the auditor's file class is told of a path, by one question. */
export const files: readonly Case[] = [
  {
    id: "T30",
    title: "there, absent, empty, folder, fifo, device and links of each kind are told apart, and no error is content",
    why: "Where every failure looks like an empty file, `should_not exist` passes by itself.",
    run: async (context) => {
      requireTools(context, "mkfifo");
      const folder = await furnish(context, kinds);
      const session = await context.open();
      for (const [name, flags, content] of told) {
        const record = await recordOf(context, session, `${folder}/${name}`);
        holds(record.flags === flags, `${name}: ${flags} expected, got ${record.flags}`);
        holds((record.content === undefined) === (content === undefined), `${name}: content ${record.content}`);
        if (content !== undefined) sameBytes(`${name}: content`, record.content ?? "", content);
      }
    },
  },
  {
    id: "T30",
    title: "what may not be read, and what is out of sight, is neither empty nor absent",
    why: "Without root, a scan sees nothing of /root: that is no proof that nothing is there.",
    run: async (context) => {
      const script = "echo secret >closed; chmod 0 closed; mkdir locked; echo secret >locked/in; chmod 0 locked; id -u";
      requireTools(context, "id");
      if ((await context.reference.run("id -u")).stdout[0] === 0x30)
        throw new NotApplicable("root may read everything");
      const folder = await furnish(context, `${script} >uid`);
      const session = await context.open();
      const closed = await recordOf(context, session, `${folder}/closed`);
      holds(closed.flags === "ef" && closed.stat[0] === "7", `closed: ${closed.flags}, size ${closed.stat[0]}`);
      holds(closed.content === undefined, "an unreadable file has content");
      for (const name of ["locked/in", "locked/absent", "locked/a/b"]) {
        const record = await recordOf(context, session, `${folder}/${name}`);
        holds(record.flags === "h", `${name}: h expected, got ${record.flags}`);
      }
    },
  },
  {
    id: "T31",
    title: "type, mode with setuid and sticky, owner, group, size and time are the file's own",
    why: "Half of all file checks are about modes, and `stat` speaks three dialects.",
    run: async (context) => {
      requireTools(context, "id", "touch");
      const folder = await furnish(
        context,
        `printf 12345 >plain; printf 1 >suid; mkdir open; chmod 640 plain; chmod 4755 suid; chmod 1777 open
TZ=UTC0 touch -t 202001020304.05 plain suid open; ln -s plain link`,
      );
      const ids = Buffer.from((await context.reference.run("id -u; id -g")).stdout).toString("latin1");
      const [uid = "", gid = ""] = ids.split("\n");
      const session = await context.open();
      const expected = { plain: ["5", "81a0"], suid: ["1", "89ed"], open: [undefined, "43ff"], link: ["5", "81a0"] };
      for (const [name, [size, mode]] of Object.entries(expected)) {
        const [bytes, hex, user, group, mtime] = (await recordOf(context, session, `${folder}/${name}`)).stat;
        holds(size === undefined || bytes === size, `${name}: size ${bytes}`);
        holds(hex === mode, `${name}: mode ${hex}, not ${mode}`);
        holds(user === uid && group === gid, `${name}: belongs to ${user}:${group}, not to ${uid}:${gid}`);
        holds(mtime === "1577934245", `${name}: mtime ${mtime}`);
      }
      const root = await recordOf(context, session, "/");
      holds(root.flags.startsWith("ed") && root.stat[5] === "root", `/ belongs to ${root.stat[5]}`);
    },
  },
  {
    id: "T32",
    title: "small content comes with the record, byte for byte, whatever the bytes",
    why: "A checksum over text that was decoded, trimmed or re-ended is another file's.",
    run: async (context) => {
      const script = contents.map(([name, bytes]) => `printf '${octal(bytes)}' >${name}`).join("\n");
      const folder = await furnish(context, `${script}\nhead -c 65535 /dev/zero >most; head -c 65536 /dev/zero >more`);
      const session = await context.open();
      for (const [name, bytes] of [...contents, ["most", Buffer.alloc(65_535)] as const]) {
        const { content } = await recordOf(context, session, `${folder}/${name}`);
        holds(content !== undefined, `${name}: no content came`);
        sameBytes(name, content, bytes);
      }
      const more = await recordOf(context, session, `${folder}/more`);
      holds(more.stat[0] === "65536" && more.content === undefined, "content over the cap comes with the record");
    },
  },
  {
    id: "T32",
    title: "10 MB of random bytes come on demand, with the count and the hash that the target tells",
    why: "A big file that was cut on its way must not be judged as the whole.",
    run: async (context) => {
      requireTools(context, "wc", "sha256sum");
      const folder = await furnish(context, "head -c 10000000 /dev/urandom >big");
      const session = await context.open();
      const { bytes, digest } = readContent(await session.run(contentQuestion(`${folder}/big`)));
      const due = Buffer.from((await context.reference.run(`sha256sum <${folder}/big`)).stdout).toString("latin1");
      holds(bytes.length === 10_000_000, `${bytes.length} bytes came`);
      holds(digest === due.slice(0, 64), `the target tells ${digest}`);
      holds(digest === createHash("sha256").update(bytes).digest("hex"), "the bytes are not those that it hashed");
    },
  },
  {
    id: "T33",
    title: "names with blanks, quotes, newlines, dashes, `$` and bytes that are no text are files, and run nothing",
    why: "A file's name is the container's own text: put into a shell unquoted, it is a command.",
    run: async (context) => {
      const names = [...oddNames, ...odderNames].map((name) =>
        Buffer.from(name, name.startsWith("\xff") ? "latin1" : "utf8"),
      );
      const made = names.map((name, index) => `printf ${index} >"$(printf './${octal(name)}x')"`).join("\n");
      const folder = await furnish(context, made);
      const session = await context.open();
      for (const [index, name] of names.entries()) {
        const path = Buffer.concat([Buffer.from(`${folder}/`), name, Buffer.from("x")]);
        const { content } = readRecord(await session.run(recordQuestion(path)));
        sameBytes(`the file named ${name.toString("latin1")}x`, content ?? "nothing", `${index}`);
      }
      await answers(session, {
        command: `[ -e ${folder}/in ] || [ -e in ] || [ -e /in ] || echo clean`,
        stdout: "clean\n",
      });
    },
  },
  {
    id: "T34",
    title: "a link itself, what it says and where it leads are told beside what is there",
    why: "`file(x).link?` asks about the link, and a tool that always follows cannot see one.",
    run: async (context) => {
      const folder = await furnish(
        context,
        "mkdir real; echo 12345 >real/file; ln -s real/file relative; ln -s $d/relative chain; ln -s 'odd\n target' odd",
      );
      const session = await context.open();
      const relative = await recordOf(context, session, `${folder}/relative`);
      holds(
        relative.stat[1] === "81a4" && relative.linkStat[1]?.startsWith("a1") === true,
        `modes ${relative.linkStat}`,
      );
      holds(relative.linkStat[0] === "9", `the link's own size is ${relative.linkStat[0]}`);
      sameBytes("what the relative link says", relative.target, "real/file");
      sameBytes("where the relative link leads", relative.resolved, `${folder}/real/file`);
      const chain = await recordOf(context, session, `${folder}/chain`);
      sameBytes("what the chain's first link says", chain.target, `${folder}/relative`);
      sameBytes("where the chain ends", chain.resolved, `${folder}/real/file`);
      sameBytes("what the odd link says", (await recordOf(context, session, `${folder}/odd`)).target, "odd\n target");
    },
  },
  {
    id: "T35",
    title: "files of /proc, which have no size, have their content, and what has no end is not read",
    why: "A tool that reads as many bytes as `stat` tells finds every kernel setting empty.",
    run: async (context) => {
      requireTools(context, "stat", "head");
      const session = await context.open();
      for (const path of ["/proc/sys/kernel/ostype", "/proc/version", "/proc/filesystems"]) {
        const { content, stat } = await recordOf(context, session, path);
        const { stdout } = await context.reference.run(`cat ${path}`);
        holds(stat[0] === "0" && stdout.length > 0, `${path} is no pseudo-file here`);
        sameBytes(path, content ?? "nothing", stdout);
      }
      for (const path of ["/dev/zero", "/proc/kmsg"]) {
        const { content } = await recordOf(context, session, path);
        holds(content === undefined, `${path} was read`);
      }
    },
  },
  {
    id: "T35",
    title: "a file that grows is read to where it was, whole lines of one moment",
    why: "A log under way is a file as others; two sizes of it are no sign of a broken transport.",
    run: async (context) => {
      requireTools(context, "wc", "sha256sum");
      const grow = "i=0; while [ $i -lt 60000 ]; do i=$((i+1)); echo $i; done";
      const folder = await furnish(context, `: >log; (${grow}) >log 2>/dev/null </dev/null &`);
      const session = await context.open();
      const due = Buffer.from(Array.from({ length: 60_000 }, (_, index) => `${index + 1}\n`).join(""));
      for (let look = 0, seen = 0; seen < due.length && look < 2_000; look += 1) {
        const { bytes, digest } = readContent(await session.run(contentQuestion(`${folder}/log`)));
        sameBytes("the log so far", bytes, due.subarray(0, bytes.length));
        holds(digest === createHash("sha256").update(bytes).digest("hex"), "the hash is of another moment");
        holds(bytes.length >= seen, "the log shrank");
        seen = bytes.length;
      }
    },
  },
];
