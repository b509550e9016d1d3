import { describe, expect, it } from "vitest";
import { shellOver } from "#test/support/image-of.ts";
import { dir, file, hardlink, link } from "#test/support/tar-bytes.ts";

describe("layers over one another", () => {
  it("a whiteout hides what lies below, and not what its own layer brings", async () => {
    const below = [dir("a"), file("a/gone", "1"), file("a/new", "1"), dir("a/sub"), file("a/sub/x", "1")];
    const { ask } = await shellOver([
      below,
      [file("a/.wh.gone"), file("a/new", "2"), file("a/.wh.new"), file("a/.wh.sub")],
    ]);
    expect((await ask("ls -A /a")).stdout).toBe("new\n");
    expect((await ask("cat /a/new")).stdout).toBe("2");
  });

  it("an opaque folder hides all that lies below it, in whatever order its layer stands", async () => {
    const below = [dir("d"), file("d/old", "1"), dir("d/sub"), file("d/sub/old", "1")];
    const { ask } = await shellOver([
      below,
      [file("d/early", "2"), file("d/.wh..wh..opq"), dir("d/sub"), file("d/sub/late", "2")],
    ]);
    expect((await ask("find /d -type f")).stdout).toBe("/d/early\n/d/sub/late\n");
  });

  it("a file that is replaced by a folder, and a folder by a file, are what came last", async () => {
    const { ask } = await shellOver([
      [file("x", "1"), dir("y"), file("y/in", "1")],
      [dir("x"), file("y", "2")],
    ]);
    expect((await ask("test -d /x && test -f /y && cat /y")).stdout).toBe("2");
    expect((await ask("test -e /y/in")).exitCode).toBe(1);
  });

  it("a folder that comes again keeps its content and takes the new owner and mode", async () => {
    const { ask } = await shellOver([[dir("d"), file("d/f", "1")], [dir("d", { mode: 0o2750, uid: 5, gid: 6 })]]);
    expect((await ask("stat -c '%a %u %g %A' /d && cat /d/f")).stdout).toBe("2750 5 6 drwxr-s---\n1");
  });

  it("both names of a hard link are one file, and the other stays when one is replaced", async () => {
    const { ask } = await shellOver([[file("a", "one", { mode: 0o4755 }), hardlink("b", "a")], [file("a", "two")]]);
    expect((await ask("stat -c %a /b && cat /b /a")).stdout).toBe("4755\nonetwo");
  });

  it("entries go through links of lower layers, inside the root", async () => {
    const { ask } = await shellOver([
      [dir("usr/bin"), link("bin", "usr/bin"), link("abs", "/usr")],
      [file("bin/x", "1"), file("abs/y", "2")],
    ]);
    expect((await ask("cat /usr/bin/x /usr/y")).stdout).toBe("12");
  });

  it("long names, owners beyond octal and bytes of no encoding come whole out of extended headers", async () => {
    const name = `d/${"n".repeat(200)}\xff`;
    const { ask } = await shellOver([[file("short", "x", { pax: { path: name, uid: "3000000000", mtime: "-1.5" } })]]);
    expect(await ask(`stat -c '%u %Y %n' '/${name}'`)).toEqual({ stdout: `3000000000 -2 /${name}\n`, exitCode: 0 });
  });
});

describe("paths inside an image", () => {
  it("never lead above the root", async () => {
    const { ask } = await shellOver([
      [file("etc/passwd", "root:x:0:0::/:/x\n"), link("up", "../../../../etc/passwd"), link("dir", "/..")],
    ]);
    expect((await ask("cat /up /dir/../etc/passwd")).stdout).toBe("root:x:0:0::/:/x\n".repeat(2));
  });

  it("end in loops as they do for the kernel", async () => {
    const { ask } = await shellOver([[link("a", "b"), link("b", "a"), link("self", "self/x")]]);
    expect((await ask("test -e /a || test -e /self || test -L /a && readlink /a")).stdout).toBe("b\n");
    expect((await ask("readlink -f /a")).exitCode).toBe(1);
  });

  it("that a runtime mounts something over are not answered, whichever way they are reached", async () => {
    const { shell } = await shellOver(
      [[link("p", "proc"), link("var/run", "../run"), file("run/secrets/token", "x")]],
      {
        mounts: ["/var/run/secrets", "/data"],
      },
    );
    for (const command of [
      "cat /proc/version",
      "test -e /p/1",
      "cat /etc/resolv.conf",
      "cat /run/secrets/token",
      "ls /data",
      "find /run",
    ]) {
      await expect(shell.run(command), command).rejects.toMatchObject({ code: "no-shell" });
    }
  });
});
