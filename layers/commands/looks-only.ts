import { remembered } from "./remembered.ts";
import { sightOf } from "./sight.ts";
import { withoutQuestions, writesVisibly } from "./writes-visibly.ts";

/** Programs that look, as long as nothing visible speaks against it, and words of the shell. */
const lookers = new Set(
  (
    "find stat ls cat head tail grep egrep fgrep sed awk gawk cut sort uniq tr wc comm diff cmp od xxd hexdump basename dirname readlink realpath " +
    "test [ [[ echo printf true false : read readarray mapfile local set shift unset return break continue export exit type which hash getopts wait " +
    "if then elif else fi for in do done while until case esac { } ! sh bash dash busybox xargs env command time nice timeout -exec " +
    "id whoami groups getent uname hostname date uptime nproc arch df du mount lsblk blkid lsmod modinfo ps pgrep pidof top free vmstat " +
    "dpkg dpkg-query rpm apk sha1sum sha256sum sha512sum md5sum cksum sum openssl getcap getfacl lsattr strings file locale sysctl ss netstat ip ifconfig " +
    "mokutil faillog pwck grpck apt-config apt-mark timedatectl shopt pip gem systemctl crontab chage lastlog last lastb who w auditctl sestatus getenforce aa-status seq expr bc tac rev fold nl paste join column zcat"
  ).split(" "),
);

/** Where such a program does more than look. */
const acting =
  /\bapt-mark (?!show)|\bmokutil (?!--(?:sb-state|list))|\bfaillog\b.* -[a-z]*[mlrt]|\b(?:pw|gr)ck (?!-\w*r)|\btimedatectl (?!show|status)|\b(?:pip|gem) (?!list|show|freeze)|\bshopt -\w*[su]/;

/**
 * Whether a text seems to do nothing but look: every word that may be a command is a program that looks, a word of the
 * shell, or a function that the text itself defines. By sight: good enough to let commands change places, or run
 * again, that may be sent ahead already, and for nothing else.
 */
export const looksOnly = remembered((text: string): boolean => {
  if (writesVisibly(text) || acting.test(text)) return false;
  const { commands, functions } = sightOf(withoutQuestions(text));
  return commands.every((word) => lookers.has(word) || functions.has(word));
});
