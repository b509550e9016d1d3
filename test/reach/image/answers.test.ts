import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { fileContent, fileRecord } from "#commands/file-record.ts";
import { shellOver } from "#test/support/image-of.ts";
import { dir, file, link } from "#test/support/tar-bytes.ts";

const passwd = "root:x:0:0:root:/root:/bin/sh\napp:x:1001:1001::/:/none\n";
const image = [
  file("etc/passwd", passwd),
  file("etc/group", "root:x:0:\napp:x:1001:\n"),
  file("etc/os-release", "ID=debian\n", { mtime: 1700000000 }),
  file("etc/app.conf", "# listen\nListen = 80\nDebug = false\n", { mode: 0o640, uid: 1001, gid: 7 }),
  link("etc/app", "app.conf"),
  link("etc/nowhere", "missing"),
  dir("opt", { mode: 0o1777 }),
  file("opt/su", "x", { mode: 0o4755 }),
  file("opt/big", "b".repeat(70_000)),
  file("usr/bin/tool", "x", { mode: 0o755 }),
];
const { ask, shell } = await shellOver([image], { config: { WorkingDir: "/etc", Env: ["PATH=/usr/bin:/bin"] } });
const recordOf = (path: string) => ask(`p='${path}';${fileRecord}`);

describe("the auditor's record of a path", () => {
  it("of a file is its flags, its stat and its content", async () => {
    expect(await recordOf("/etc/os-release")).toEqual({
      stdout: "efr\n10:81a4:0:0:1700000000:root:root:?\nID=debian\n",
      exitCode: 0,
    });
  });

  it("names owners from the image's own accounts", async () => {
    expect((await recordOf("/etc/app.conf")).stdout).toMatch(/^efr\n35:81a0:1001:7:0:app:UNKNOWN:\?\n# listen\n/);
  });

  it("of a link has its own stat, its text and its end besides", async () => {
    const { stdout } = await recordOf("/etc/app");
    expect(stdout).toMatch(/^eLfr\n35:81a0:[^\n]*\n8:a1ff:0:0:0:root:root:\?\napp\.conf\0\/etc\/app\.conf\0# listen\n/);
  });

  it("of a link to nothing says so", async () => {
    expect(await recordOf("/etc/nowhere")).toEqual({
      stdout: "L\n\n7:a1ff:0:0:0:root:root:?\nmissing\0/etc/missing\0",
      exitCode: 1,
    });
  });

  it("of what is not there, of a folder and of a large file has no content", async () => {
    expect(await recordOf("/nothing")).toEqual({ stdout: "\n\n", exitCode: 1 });
    expect(await recordOf("/opt")).toEqual({ stdout: "edr\n4096:43ff:0:0:0:root:root:?\n", exitCode: 1 });
    expect((await recordOf("/opt/big")).stdout).toMatch(/^efr\n70000:[^\n]*\n$/);
  });

  it("takes a relative path from the image's working folder", async () => {
    expect((await recordOf("./os-release")).exitCode).toBe(0);
  });

  it("has its long content asked for apart, with its length and digest", async () => {
    const { stdout } = await ask(`p='/opt/big';${fileContent}`);
    const digest = createHash("sha256").update("b".repeat(70_000)).digest("hex");
    expect(stdout).toBe(`70000\n${"b".repeat(70_000)}${digest}  -\n`);
  });
});

describe("commands", () => {
  it.each([
    ["uname -s", "Linux\n", 0],
    ["uname -m", "x86_64\n", 0],
    ["test -f /etc/debian_version", "", 1],
    ["test -f /etc/os-release && cat /etc/os-release", "ID=debian\n", 0],
    ["test -f /none && shutdown now", "", 1],
    ["test ! -e /none && echo none", "none\n", 0],
    ["[ -u /opt/su ]", "", 0],
    ["stat -c '%a %U:%G %s %F' /etc/app.conf", "640 app:UNKNOWN 35 regular file\n", 0],
    ["stat -L --printf '%s\\n%f\\n' /etc/app", "35\n81a0\n", 0],
    ["readlink -f /etc/app", "/etc/app.conf\n", 0],
    ["ls /etc", "app\napp.conf\ngroup\nhostname\nhosts\nnowhere\nos-release\npasswd\nresolv.conf\n", 0],
    ["find / -xdev -type f -perm -4000", "/opt/su\n", 0],
    ["find /etc -maxdepth 1 -type l -name 'n*'", "/etc/nowhere\n", 0],
    ["find /opt ! -user 0", "", 0],
    ["grep -iE '^\\s*debug\\s*=\\s*(false|no)\\s*$' /etc/app.conf", "Debug = false\n", 0],
    ["grep -c '^[^#]' /etc/app.conf", "2\n", 0],
    ["grep 'o\\{2\\}t' /etc/passwd | head -n 1", "root:x:0:0:root:/root:/bin/sh\n", 0],
    ["cat /etc/passwd | grep -v root | wc -l", "1\n", 0],
    ["grep absent /etc/passwd", "", 1],
    ["cat /none 2>/dev/null", "", 1],
    ["show version", "", 127],
    ["Get-WmiObject Win32_OperatingSystem | Select Caption,Version | ConvertTo-Json", "", 127],
    ["which rpm", "", 127],
    ["command -v tool", "/usr/bin/tool\n", 0],
    ["sh -c 'type \"tool\"'", "tool is /usr/bin/tool\n", 0],
    ["sh -c 'type \"docker\"'", "", 127],
  ])("%s", async (command, stdout, exitCode) => {
    expect(await ask(command)).toEqual({ stdout, exitCode });
  });

  it.each([
    "tool",
    "echo $HOME",
    "uname -r",
    "test -w /etc/passwd",
    "stat -c %X /etc/passwd",
    "stat -c %s /opt",
    "cat /none 2>&1",
    "find /",
    "grep -o root /etc/passwd",
    "grep 'a+?' -E /etc/passwd",
    "cd /etc",
    "cat /etc/passwd > /tmp/x",
    "ls -l /etc",
    "sha256sum /etc/passwd",
  ])("%s is not answered, and so is no verdict", async (command) => {
    await expect(ask(command)).rejects.toMatchObject({ code: "no-shell" });
  });

  // That an image lacks these says nothing of what they would have told.
  it.each([
    ...["dpkg -s openssl", "rpm -q x", "apk info", "id root", "getent passwd root", "su -c true", "awk 1 /etc/passwd"],
    ...["ps axo pid,comm", "netstat -tulpen", "ss -tln", "env", "sysctl -q -n net.ipv4.ip_forward", "hostname"],
    ...["mount | grep -F -- ' on /tmp '", "/usr/bin/none", "cat /etc/passwd | sort"],
  ])("%s is not answered by the absence of its program", async (command) => {
    await expect(ask(command)).rejects.toMatchObject({ code: "no-shell" });
  });

  it.each([
    ...["if [ -f /etc/passwd ]; then echo bad; fi", "for f in a b; do echo $f; done", "cd /etc && ls", "exit 3"],
    ...["ulimit -c", "export A=b", "read line", ". /etc/passwd", "source /etc/passwd", "trap", "unset A", "return 1"],
    ...["! test -f /none", "false && if true; then echo bad; fi", "[[ -f /none ]]", "A=b"],
  ])("%s is for a shell, and is not answered", async (command) => {
    await expect(ask(command)).rejects.toMatchObject({ code: "no-shell" });
  });

  it.each(["md5", "sha1", "sha256", "sha512"])("%ssum of the input is its digest", async (algorithm) => {
    const digest = createHash(algorithm).update("b".repeat(70_000)).digest("hex");
    expect(await ask(`${algorithm}sum < /opt/big`)).toEqual({ stdout: `${digest}  -\n`, exitCode: 0 });
  });

  it.each(["wc -c < /f", "sha256sum < /f", "cat /f", "cat < /f"])(
    "%s of a file that is larger than an answer may be is not answered",
    async (command) => {
      const large = await shellOver([[file("f", "b".repeat(101))]], {
        limits: { answerBytes: 100, keptFileBytes: 10 },
      });
      await expect(large.ask(command)).rejects.toMatchObject({ code: "no-shell" });
    },
  );

  it("find comes to the end of folders that are nested as deep as can be", async () => {
    const path = `${"d/".repeat(2040)}su`;
    const deep = await shellOver([[file("x", "x", { mode: 0o4755, pax: { path } })]]);
    expect(await deep.ask("find / -xdev -type f -perm -4000")).toEqual({ stdout: `/${path}\n`, exitCode: 0 });
    expect((await deep.ask("find /d -maxdepth 3 -name 'd'")).stdout).toBe("/d\n/d/d\n/d/d/d\n/d/d/d/d\n");
  });

  it.each([31, 200])("a pattern that never ends on a hostile line of %s letters ends as no answer", async (length) => {
    const hostile = await shellOver([[file("f", `${"a".repeat(length)}!`)]]);
    await expect(hostile.ask("grep -E '^([a-z]+)*x$' /f")).rejects.toMatchObject({ code: "no-shell" });
  });

  it("the way is said, and that drift cannot be seen", () => {
    expect(shell.way).toBe("image");
    expect(shell.reasons.join(" ")).toMatch(/changed in the container since its start cannot be seen/);
  });
});
