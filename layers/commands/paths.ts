import type { Word } from "./syntax.ts";
import { literal, pattern } from "./words.ts";

/** Folders below which a glob sign reaches no device and no fifo: not /dev or /run, nor what a host may be mounted at. */
const homely = new Set("bin boot etc home lib lib64 opt proc root sbin srv sys tmp usr var".split(" "));

/** Files of a process that end and block nobody; not `fd/`, `root/`, `cwd/`, `mem` or `pagemap`. */
const processFiles =
  /^(?:attr\/(?:current|exec|prev)|cgroup|cmdline|comm|environ|gid_map|limits|loginuid|maps|mountinfo|mounts|mountstats|net\/[a-z0-9_]+|oom_adj|oom_score|oom_score_adj|sched|sessionid|setgroups|stat|statm|status|uid_map)$/;

const processFolder = /^(?:self|thread-self|[0-9*?]+|\[0-9\]\*?)$/;

/**
 * Whether reading the content of the file that a word names ends and changes nothing. Opening a device may act (a
 * watchdog, a tape) or never end, /proc/kmsg and trace_pipe lose what was read, and `..` leads anywhere. Gawk takes
 * /inet for the network.
 */
export function isReadable(word: Word): boolean {
  const named = pattern(word);
  if (named === undefined || named.text === "") return false;
  if (named.text === "-" || /^\/dev\/(?:null|stdin)$/.test(named.text)) return !named.glob;
  const parts = named.text.split("/").filter((part) => part !== "" && part !== ".");
  if (!named.text.startsWith("/") && parts[0] !== undefined && parts.length > 1 && /[*?[]/.test(parts[0])) return false;
  if (parts.some((part) => part === ".." || /^\..*[*?[]/.test(part))) return false;
  if (parts.some((part) => /^(?:dev|inet[46]?|initctl|trace_pipe|inaccessible)$|\.ref$/.test(part))) return false;
  if (named.glob && /^\/+var\/+run\//.test(named.text)) return false;
  if (named.glob && named.text.startsWith("/") && !homely.has(parts[0] ?? "")) return parts.length === 1;
  if (parts.slice(1).includes("proc")) return false;
  if (parts[0] === "proc") return isReadableProc(parts.slice(1), named.glob);
  if (parts[0] === "sys") return isReadableSys(parts.slice(1));
  return true;
}

function isReadableProc(parts: readonly string[], glob: boolean): boolean {
  const [first = "", ...rest] = parts;
  if (rest.length === 0) return !glob && !/^(?:kmsg|kcore|kpage.*|vmcore)$/.test(first);
  if (first === "sys") return true;
  if (first === "net") return /^[a-z0-9_*?]+$/.test(rest.join("/"));
  return processFolder.test(first) && processFiles.test(rest.join("/"));
}

function isReadableSys(parts: readonly string[]): boolean {
  if (/[*?[]/.test(parts[0] ?? "")) return false;
  if (parts[0] !== "kernel") return !parts.some((part) => /^(?:debug|trac.*|rom|vpd|resource[0-9].*)$/.test(part));
  return /^(?:mm|security|uevent_seqnum|profiling|boot_params|fscaps|notes|random|kexec_.*)$/.test(parts[1] ?? "");
}

/** Folders that may hold so much that walking through them takes seconds or minutes. */
const bigFolders = new Set(
  "/ /data /export /home /lib /lib64 /media /mnt /nix /opt /proc /srv /sys /usr /usr/lib /usr/lib64 /usr/local /usr/share /var /var/lib".split(
    " ",
  ),
);

/** Whether a walk below the folder that the word names may take long. A name made at run time may be any folder. */
export function isBig(word: Word): boolean {
  const name = literal(word);
  if (name === undefined) return pattern(word)?.text.match(/^\/(?:etc|run|root|boot|tmp)\//) == null;
  if (name.split("/").includes("..")) return true;
  const plain = `/${name
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/")}`;
  return name.startsWith("/") ? bigFolders.has(plain) : plain === "/" || /^\/(?:~|usr|var|proc|sys)/.test(plain);
}

/** Whether reading every file below the folder ends: below `/`, /proc, /sys and /dev it may not. */
export function isReadableTree(word: Word): boolean {
  const named = pattern(word);
  if (named === undefined || !isReadable(word)) return false;
  const parts = named.text.split("/").filter((part) => part !== "" && part !== ".");
  if (!named.text.startsWith("/")) return parts.length > 0 && !/^[*?[]/.test(parts[0] ?? "");
  if (parts[0] === "proc") return parts[1] === "sys" && parts.length > 1;
  return homely.has(parts[0] ?? "") && parts[0] !== "sys";
}
