/** Lent programs that only look: what failed can be asked again, whether it understood its words. */
export const lookers: readonly string[] =
  "awk base64 basename bc cat cksum cmp comm cut date dc diff dirname du egrep expand expr factor fgrep fold getopt grep groups head hexdump hostid id ls lsmod lsscsi md5sum modinfo netstat nl nproc od paste ps readlink realpath rev sed seq sha1sum sha256sum sha3sum sha512sum sort stat strings sum tac tail tr ts tty uname unexpand uniq uptime wc which who whoami xxd".split(
    " ",
  );
/** Lent programs that start another, and can be asked again without it. */
export const lentStarters: readonly string[] = "env find ionice nice nohup setsid timeout xargs".split(" ");
export const lentShells: readonly string[] = ["sh", "ash", "hush"];

/** Lent programs that are heard when they do not understand their words, even where nothing shows of what they say. */
export const heard: ReadonlySet<string> = new Set([...lookers, ...lentStarters, ...lentShells]);
