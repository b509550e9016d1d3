import { sightOf } from "./sight.ts";

/** Programs that change something by what they are, or that wait until something has changed. */
const writers = new Set(
  (
    "rm rmdir unlink shred mv cp ln install mkdir mkfifo mknod mktemp touch truncate tee dd split csplit chmod chown chgrp chattr setfacl setcap " +
    "kill pkill killall nohup setsid reboot shutdown halt poweroff init telinit " +
    "apt apt-get aptitude dpkg-reconfigure yum dnf zypper pacman pip pip3 npm gem bundle cpan snap flatpak make cargo go " +
    "useradd userdel usermod groupadd groupdel groupmod passwd chpasswd gpasswd adduser deluser addgroup delgroup visudo " +
    "umount swapon swapoff insmod rmmod depmod losetup mkfs fsck fdisk parted tune2fs iptables ip6tables nft ufw firewall-cmd semanage setenforce restorecon setsebool augenrules " +
    "curl wget scp sftp rsync ftp ssh nc ncat socat telnet git svn tar unzip gunzip gzip bzip2 xz zip cpio patch ed ex vi vim nano " +
    "at batch logger wall write mail sendmail service start-stop-daemon update-rc.d chkconfig ldconfig " +
    // change nothing, but what stands behind them counts on their having waited
    "sleep usleep inotifywait"
  ).split(" "),
);

/** What such programs are asked when they are only to tell something. */
const asking =
  /\b(?:ufw status|passwd -S [\w.-]+|useradd -D(?! -)|apt (?:list|show|policy)|pip3? (?:list|show|freeze)|gem list|ip6?tables -[nvL]*[LS]\b|nft list|firewall-cmd --(?:state|list|get|query)[\w-]*|chkconfig --list|service [\w@.-]+ status)\b/g;

/** Words that make programs write which otherwise only look. */
const writing =
  /\b(?:sed|perl|ruby)\b[^|;\n]*\s-[A-Za-z]*i|\s-(?:delete|fprint|fprintf|fls)\b|\bsysctl\b[^|;\n]*(?:-w|=)|\bapk\s+(?:add|del|up|fix)|\brpm\s+(?:-[a-zA-Z]*[iUeF]\b|--(?:install|erase|import))|\bcrontab\b(?!\s+-l)|\bmount\s+\S+\s+\/|\bsort\b[^|;\n]*\s-\w*o|\bsystem\s*\(|\bsystemctl\b(?!\s+(?:--\S+\s+)*(?:show|status|is-|list-|cat|get-default|--failed))/;

/** The text with such questions taken out. */
export const withoutQuestions = (text: string): string => text.replaceAll(asking, "true");

/**
 * Whether a command that is not known to be read-only looks as if it changes something, or waits for that: then it
 * runs in its place and never before it is asked. Judged by sight, broad rather than exact.
 */
export function writesVisibly(command: string): boolean {
  const text = withoutQuestions(command);
  const { commands, writes } = sightOf(text);
  return writes || writing.test(text) || commands.some((word) => writers.has(word));
}
