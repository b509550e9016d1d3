import { describe, expect, it } from "vitest";
import { programsIn, unanswerable } from "#reach/toolbox/programs.ts";
import { programAskedFor, withTargetsMounts } from "#reach/toolbox/questions.ts";

const none = new Set<string>();
const why = (command: string, own = none) => unanswerable(command, programsIn(command), own);

describe("programs of a command", () => {
  it.each([
    ["cat /etc/passwd | grep x; ls && id", ["cat", "grep", "ls", "id"]],
    ["if test -e /x; then dpkg -s y; fi", ["test", "dpkg", "fi"]],
    ["LC_ALL=C find / -exec stat -c %n {} +", ["find", "stat"]],
    ["ls / | xargs -n 1 rpm -q", ["ls", "xargs", "rpm"]],
    ["sh -c 'su nobody'", ["sh", "su"]],
    ["echo $(df /)", ["echo", "df"]],
  ])("%s", (command, programs) => {
    expect([...programsIn(command)]).toEqual(programs);
  });
});

describe("a command that only the target's own program could answer", () => {
  it.each(["dpkg -s x", "x=$(rpm -qa)", "su -c id", "df -h /", "mount -t proc x /y", "ps -o user,args", "ps -eo user"])(
    "%s is not asked",
    (command) => {
      expect(why(command)).toMatch(/the target has no/);
    },
  );

  it("is asked when the target has that program", () => {
    expect(why("dpkg -s x", new Set(["dpkg"]))).toBeUndefined();
  });

  it.each(["mount", "mount | grep x", "ps", "ps aux", "ps -o pid,args", "grep dpkg /x", "cat /var/lib/dpkg/status"])(
    "%s is another",
    (command) => {
      expect(why(command)).toBeUndefined();
    },
  );
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

it("mounts are asked of the target's process, and nothing else in the text changes", () => {
  expect(withTargetsMounts("cat /proc/self/mountinfo /proc/mounts /etc/mtab /proc/self/status /x/etc/mtab", 7)).toBe(
    "cat /proc/7/mountinfo /proc/7/mounts /proc/7/mounts /proc/self/status /x/etc/mtab",
  );
});
