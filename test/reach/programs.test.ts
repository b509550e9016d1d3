import { describe, expect, it } from "vitest";
import { askedOfTarget } from "#reach/toolbox/own-process.ts";
import { programsIn } from "#reach/toolbox/programs.ts";
import { programAskedFor } from "#reach/toolbox/questions.ts";
import { unanswerable } from "#reach/toolbox/unanswerable.ts";

const lent = new Set("cat env find grep ls mount ps setpriv sh sort stat test timeout xargs run-parts".split(" "));
const why = (command: string, own: readonly string[] = []) =>
  unanswerable(command, programsIn(command), { own: new Map(own.map((name) => [name, `/usr/bin/${name}`])), lent });

describe("programs of a command", () => {
  it.each([
    ["cat /etc/passwd | grep x; ls && id", ["cat", "grep", "ls", "id"]],
    ["if test -e /x; then dpkg -s y; fi", ["test", "dpkg", "fi"]],
    ["LC_ALL=C find / -exec stat -c %n {} +", ["find", "stat"]],
    ["ls / | xargs -n 1 rpm -q", ["ls", "xargs", "rpm"]],
    ["sh -c 'su nobody'", ["sh", "su"]],
    ["echo $(df /)", ["echo", "df"]],
  ])("%s", (command, programs) => {
    expect([...programsIn(command).all]).toEqual(programs);
  });

  it.each([
    ["ls / | xargs -I {} -n 1 rpm -q {}", ["rpm"]],
    ["timeout -s KILL 5 nice -n 5 env -u X A=b ps", ["nice", "env", "ps"]],
    ["env | grep x", []],
    ["exec -a ps mount", ["ps"]],
    ["A=b command -p ps; time ps", ["ps"]],
    ["find / -exec stat {} + -ok rm {} +", ["stat", "rm"]],
    ["cat x", []],
  ])("that others start: %s", (command, programs) => {
    expect([...programsIn(command).startedByOthers]).toEqual(programs);
  });
});

describe("a command that only the target's own program could answer", () => {
  it.each([
    "dpkg -s x",
    "x=$(rpm -qa)",
    "su -c id",
    "df -h /",
    "mount -t proc x /y",
    "awk '{ print gensub(/x/, 1) }' /y",
    "ps -o user,args",
    "ps -eo user",
  ])("%s is not asked", (command) => {
    expect(why(command)).toMatch(/the target has no/);
  });

  it.each([
    ...["sh -c 'mount | grep /tmp'", "bash -c 'ps aux'", 'sh -c "ps"', "echo ps | sh; ps", "env ps", "env A=b mount"],
    ...["timeout 5 ps aux", "nice -n 5 mount", "nohup ps", "echo x | xargs ps", "exec mount", "command ps", "time ps"],
    ...["find / -exec ps {} +", "timeout 5 dpkg -l", "pidof sh", "pgrep sleep", "busybox ps", "top -b -n 1"],
  ])("%s is not asked either, since what stands for a program is known to the first shell alone", (command) => {
    expect(why(command)).toMatch(/the target has no/);
  });

  it.each([
    ...["command -v stat && y", "type find >/dev/null; y", "x=$(command -V ls)", "exec stat /x", "time find /"],
    ...["exec sh -c 'sort -V /x'", "setpriv --no-new-privs cat /x"],
  ])("%s is not asked where nobody would hear that a lent program answered", (command) => {
    expect(why(command)).toMatch(/the target has no/);
  });

  it.each(["env stat /x", "find / -exec stat {} +", "command stat /x", "run-parts /x"])(
    "%s is not asked where a lent program would be started in place of its own",
    (command) => {
      expect(why(command, ["stat", "run-parts"])).toMatch(/in place of the target's/);
    },
  );

  it("is asked when the target has that program", () => {
    expect(why("dpkg -s x", ["dpkg"])).toBeUndefined();
    expect(why("stat /x | sort", ["stat"])).toBeUndefined();
    expect(why("command -v stat && stat /x", ["stat"])).toBeUndefined();
  });

  it.each([
    "mount",
    "mount | grep x",
    "ps",
    "ps aux",
    "ps -o pid,args",
    "grep dpkg /x",
    "cat /var/lib/dpkg/status",
    "sh -c 'cat /x'",
    "env",
    "timeout 5 cat /ps",
    "eval 'ps aux'",
    "(ps; mount) | sort",
    "find / -type f",
    "command -v x; y",
  ])("%s is another", (command) => {
    expect(why(command)).toBeUndefined();
  });
});

describe("a question after a program", () => {
  it.each([
    [`sh -c 'type "stat"'`, "stat"],
    [`which "apk"`, "apk"],
    ["command -v /bin/x", "/bin/x"],
  ])("%s", (command, name) => {
    expect(programAskedFor(command)).toBe(name);
  });

  it.each(["type a b", "type a; rm b", `sh -c 'type "$x"'`, "which -a x y", '[ -n "$(command -v x)" ]'])(
    "%s is more than that",
    (command) => {
      expect(programAskedFor(command)).toBeUndefined();
    },
  );
});

describe("what a process asks of itself", () => {
  const asked = (command: string, cgroupsApart = false) =>
    askedOfTarget(command, { pid: 7, uid: 0, gid: 0, cgroupsApart });

  // A process in the chroot has the toolbox's rights, limits and label; the target's process has the target's.
  it.each([
    ["cat /proc/self/mountinfo /proc/mounts /etc/mtab", "cat /proc/7/mountinfo /proc/7/mounts /proc/7/mounts"],
    ["grep Seccomp /proc/self/status", "grep Seccomp /proc/7/status"],
    ["p='/proc/self/cgroup';x", "p='/proc/7/cgroup';x"],
    ["read x </proc/$$/limits; y", "read x </proc/7/limits; y"],
    ["cat /proc/thread-self/attr/apparmor/current|y", "cat /proc/7/attr/apparmor/current|y"],
    ['cat "/proc/self/uid_map" /proc/self/gid_map', 'cat "/proc/7/uid_map" /proc/7/gid_map'],
  ])("is asked of the target's: %s", (command, other) => {
    expect(askedOfTarget(command, { pid: 7, uid: 0, gid: 0, cgroupsApart: false })).toBe(other);
  });

  it.each([
    ...["cat /proc/self/environ", "[ $d = /proc/$$ ]", "echo x >/proc/self/fd/2", "cat /proc/self/net/tcp"],
    ...["cat /proc/self/root/etc/x", "cat /proc/1/status", "cat /x/etc/mtab", "ls /proc", "cat /proc/selfish"],
  ])("is the same for both, or is not of itself: %s", (command) => {
    expect(asked(command)).toBe(command);
  });

  it("is its own where the toolbox's cgroups look as the target's do from inside", () => {
    expect(asked("cat /proc/self/cgroup", true)).toBe("cat /proc/self/cgroup");
  });

  it.each([
    ...["cd /proc/self && cat status", "ls -l /proc/self/fd", "cat /proc/self/{status,limits}", "cat /proc/self/st*"],
    ...["readlink /proc/self/exe", "ls /proc/self/ns", "cat /proc/self/task/1/status", "cat /proc/$PPID/status"],
    ...["cat /host/proc/self/status", "cat /proc/self//status", "x=/proc/self/$y", "cat /proc/${PPID}/root/x"],
  ])("is not asked where it would be told of the toolbox: %s", (command) => {
    expect(asked(command)).toBeUndefined();
  });
});
