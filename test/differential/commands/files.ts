/** Files of every kind, some there on one image only and some nowhere. Times of these do not move by themselves. */
const still = [
  "/etc/passwd",
  "/etc/shadow",
  "/etc/group",
  "/etc/os-release",
  "/etc/login.defs",
  "/etc/ssh/sshd_config",
  "/etc/localtime",
  "/etc/hosts.equiv",
  "/etc",
  "/root",
  "/root/.ssh/id_rsa",
  "/home/guest",
  "/home/nonroot",
  "/bin/sh",
  "/bin",
  "/usr/bin/env",
  "/usr/local/sbin/runner",
  "/var/lib/legacy/state",
  "/var/lib/dpkg/status",
  "/nonexistent",
  "/etc/passwd/below-a-file",
  "/etc/żółć 漢字",
] as const;

/** Files that the kernel makes up as it goes; only what does not move is asked of them. */
const kernels = ["/dev/null", "/proc/1", "/proc/self/exe", "/proc/mounts", "/sys/class/net", "/dev/stdin"] as const;

const trains = "--printf '%s\\n%f\\n%U\\n%u\\n%G\\n%g\\n%X\\n%Y\\n%C'";
const alpines = "-c '%s\n%f\n%U\n%u\n%G\n%g\n%X\n%Y'";

/** What Train and profiles ask of one path (exec.md §5.3), with the path as a shell word. */
const shapes: readonly ((path: string) => string)[] = [
  (path) => `test -e ${path}`,
  (path) => `test -f ${path} && test -r ${path}`,
  (path) => `test -d ${path} || test -L ${path}`,
  (path) => `[ -x ${path} ] && [ -s ${path} ] && echo yes`,
  (path) => `stat -L ${path} 2>/dev/null ${trains}`,
  (path) => `stat ${path} 2>/dev/null ${trains}`,
  (path) => `stat ${path} ${trains}`,
  (path) => `stat -L ${path} 2>/dev/null ${alpines}`,
  (path) => `stat -c '%a %U:%G %F' ${path}`,
  (path) => `cat ${path} || echo -n`,
  (path) => `cat ${path}`,
  (path) => `readlink -n ${path} -f`,
  (path) => `readlink ${path}`,
  (path) => `ls -ld ${path}`,
  (path) => `ls -la ${path}`,
  (path) => `ls -1 ${path}`,
  (path) => `sha256sum ${path}`,
  (path) => `md5sum ${path}`,
  (path) => `wc -c ${path}`,
  (path) => `wc -l < ${path}`,
  (path) => `head -n 3 ${path}`,
  (path) => `tail -n 2 ${path}`,
  (path) => `sed -n '1,4p' ${path}`,
  (path) => `awk -F: '{print $1, $3}' ${path}`,
  (path) => `grep -c root ${path}`,
  (path) => `mount | grep -- ' on ${path} '`,
  (path) => `lsattr -d ${path}`,
  (path) => `find ${path} -maxdepth 1`,
  (path) => `find ${path} -maxdepth 2 -type f -perm -0002`,
  (path) => `su -s /bin/sh -c "test -r ${path}" nobody`,
];

const kernelShapes: readonly ((path: string) => string)[] = [
  (path) => `test -e ${path}`,
  (path) => `stat -L -c '%F %a %U %G' ${path}`,
  (path) => `test -r ${path} && echo readable`,
  (path) => `ls -d ${path}`,
];

const word = (path: string) => (/^[\w/.-]+$/.test(path) ? path : `'${path}'`);

const walks: readonly string[] = [
  "find / -xdev -type f -perm /6000",
  "find / -xdev -type f -perm -4000 -print 2>/dev/null | sort",
  "find / -xdev -type d -perm -0002 ! -perm -1000",
  "find / -xdev -nouser -o -nogroup -xdev",
  "find /etc -type l -exec readlink {} \\;",
  "find /etc -type f -name '*.conf' | sort | head -n 20",
  "find /nonexistent /etc -maxdepth 0",
  "find / -xdev -name '*.key' -o -xdev -name 'id_rsa'",
  "find /etc -newer /etc/passwd -type f | wc -l",
  "ls /etc/host* /etc/pass*",
  "ls -lR /etc | head -n 200",
  "ls -la /root/.ssh /home /nonexistent",
  "cat /etc/passwd /nonexistent /etc/group",
  'for f in /etc/*.conf; do [ -f "$f" ] && wc -c "$f"; done',
  "readlink -f /etc/../etc/./passwd",
  "realpath /bin/sh",
  "dirname /etc/passwd; basename /etc/passwd",
  "file /bin/sh",
  "cmp /etc/passwd /etc/group",
  "diff /etc/passwd /etc/group",
  "test -f /etc/passwd -a -r /etc/passwd",
  "[ -e /etc/passwd ] && [ ! -e /nonexistent ]",
  "[ /etc/passwd -nt /nonexistent ]",
  "tar -cf - /etc/passwd 2>/dev/null | wc -c",
  "od -c /etc/passwd | head -n 5",
  "hexdump -C /etc/group | head -n 5",
  "du -a /etc/passwd",
  "find /sys/class/net/ -mindepth 1 -maxdepth 1",
  "cat /sys/class/net/lo/mtu /sys/class/net/lo/address",
];

/** Commands about files. */
export const fileCommands: readonly string[] = [
  ...still.flatMap((path) => shapes.map((shape) => shape(word(path)))),
  ...kernels.flatMap((path) => kernelShapes.map((shape) => shape(path))),
  ...walks,
];
