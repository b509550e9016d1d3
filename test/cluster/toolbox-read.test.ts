import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { ScanError } from "#contract/errors.ts";
import type { Completed } from "#contract/shell.ts";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import type { Reached } from "#reach/reached.ts";
import { sharedCluster } from "#test/support/cluster.ts";
import { reaching, withoutShell } from "#test/support/reach.ts";
import { writableLayer } from "#test/support/writable-layer.ts";

let cluster: EmbeddedCluster;
let way: ReturnType<typeof reaching>;
/** A container without a shell that can only be read, and the same files with a shell, as the same user. */
let reading: Reached;
let reference: Reached;
let before: string;
beforeAll(async () => {
  cluster = await sharedCluster();
  await cluster.apply(withoutShell);
  way = reaching(cluster);
  before = writableLayer((await way.targetOf("at-restricted", "hardened", "app")).containerId);
  reading = await way.reach("at-restricted", "hardened", "app");
  reference = await way.reach("at-privileged", "with-shell", "hardened");
});

const script = (name: string) => readFileSync(new URL(`../../layers/commands/${name}`, import.meta.url), "utf8");
const record = (path: string) => `p='${path}';${script("file-record.sh")}`;
const content = (path: string) => `p='${path}';${script("file-content.sh")}`;
const said = ({ exitCode, stdout }: Completed) => [exitCode, Buffer.from(stdout).toString("latin1")];

const paths = [
  ...[
    "/",
    "/etc",
    "/etc/passwd",
    "/etc/shadow",
    "/etc/app.conf",
    "/etc/app/app.conf",
    "/etc/mtab",
    "/etc/app/../app/.",
  ],
  ...["/root", "/root/x", "/root/x/y", "/nothing", "/nothing/below", "/etc/passwd/below", "/home/nonroot", "/tmp", ""],
  ...[
    "/proc/1/status/x",
    "/proc/self",
    "/dev/null",
    "/usr/bin/still",
    "/usr/bin/raised",
    "/srv/app/.git",
    "/etc/alternatives",
  ],
];

describe("a container in a restricted namespace", () => {
  it("is read as the user and group that it runs as", () => {
    expect(reading.way).toBe("toolbox-read");
    expect(reading.reasons.join(" ")).toMatch(/restricted.*forbids SYS_PTRACE.*A reading toolbox as 65532:65532/);
  });

  it.each([
    ["find /nothing/below -xdev", /^find: .*\/nothing\/below.*: No such file or directory$/],
    ["cat /nothing/below", /^cat: .*\/nothing\/below.*: No such file or directory$/],
    ["cat /etc/passwd/below", /^cat: .*\/etc\/passwd\/below.*: Not a directory$/],
    ["cat /etc", /^cat: .*Is a directory$/],
  ])("says of %j what a shell says", async (command, words) => {
    for (const shell of [reading, reference]) {
      const { stderr, exitCode } = await shell.run(command);
      expect(Buffer.from(stderr).toString().trim()).toMatch(words);
      expect(exitCode).toBe(1);
    }
  });

  it.each(paths)("gives the record of %j that a shell gives", async (path) => {
    if (path === "/proc/self" || path === "/dev/null") return compareType(path);
    expect(timeless(await reading.run(record(path)))).toEqual(timeless(await reference.run(record(path))));
  });

  /** The root and /etc were changed last when their container was made. */
  const timeless = (answer: Completed) => String(said(answer)).replace(/(:41ed:0:0:)\d+:/, "$1:");

  /** Of these the number of a process, or the moment of the container's start, is part of the record. */
  async function compareType(path: string): Promise<void> {
    const [ours, theirs] = [await reading.run(record(path)), await reference.run(record(path))];
    expect(String(said(ours)[1]).split("\n")[0]).toBe(String(said(theirs)[1]).split("\n")[0]);
  }

  it.each(["/etc/ssl/openssl.cnf", "/etc/passwd", "/usr/bin/still", "/etc/shadow", "/nothing", "/etc"])(
    "gives the content of %s whole, with its hash",
    async (path) => {
      expect(said(await reading.run(content(path)))).toEqual(said(await reference.run(content(path))));
    },
  );

  it.each([
    ...["test -e /etc/passwd", "test -L /etc/app.conf", "[ -d /etc ]", "[ ! -e /nothing ]", "test -r /etc/shadow"],
    ...[
      "cat /etc/app.conf",
      "cat -- /etc/passwd",
      "cat /nothing || echo -n",
      "test -f /etc/os-release && cat /etc/os-release",
    ],
    ...["stat -L -c '%s\n%f\n%U\n%u\n%G\n%g\n%Y\n%C' -- /etc/app.conf", "stat -c '%U:%G %a %n' /home/nonroot"],
    ...[
      "readlink /etc/app.conf",
      "readlink -n -f -- /etc/app.conf",
      "readlink -f /etc/app.conf",
      "readlink /etc/passwd",
    ],
    ...[
      "ls /etc/app",
      "ls -1A /srv/app",
      "ls -d /etc",
      "ls /nothing",
      "grep root /etc/passwd",
      "grep -c '^root:' /etc/passwd",
    ],
    ...[
      "grep nothing /etc/passwd",
      "grep -E '^(root|nonroot):' /etc/passwd | wc -l",
      "grep x /nothing",
      "head -n 2 /etc/passwd",
    ],
    ...[
      "sha256sum < /etc/passwd",
      "uname -s",
      "uname -m",
      "systemctl show --all sshd",
      "cmd.exe /c ver",
      "/sbin/sysctl -q -n x",
    ],
    ...["nosuch -V 2>&1 | grep -c not.found", "nosuch -t || echo missing", "test -e /nothing && still"],
    ...["cat /etc/passwd | grep -v root | sort | head -n 1", "getent passwd root", "env"],
  ])("%s: answered as by a shell", async (command) => {
    const [ours, theirs] = [await reading.run(command), await reference.run(command)];
    if (command.startsWith("env")) {
      expect(sorted(ours)).toEqual(sorted(theirs).filter((line) => !/^(SHLVL|PWD|OLDPWD)=/.test(line)));
    } else expect(said(ours)).toEqual(said(theirs));
  });
  const sorted = ({ stdout }: Completed) => Buffer.from(stdout).toString().trim().split("\n").sort();

  it.each([
    ...[
      "find /etc -name 'app*'",
      "find /srv",
      "find / -xdev -perm -4000 -type f",
      "find /etc/app.conf",
      "find /nothing",
    ],
    ...["find /etc -maxdepth 1 -type l", "find /home -user 65532", "find / -xdev -type f -perm -0002", "find /root"],
  ])("%s: finds what a shell finds, in whatever order", async (command) => {
    const found = async (shell: Reached) => {
      const { exitCode, stdout } = await shell.run(command);
      const paths = Buffer.from(stdout).toString("latin1").trim().split("\n");
      return [exitCode, paths.filter((path) => !path.startsWith("/busybox")).sort()];
    };
    expect(await found(reading)).toEqual(await found(reference));
  });

  it("knows only programs of the target", async () => {
    expect(said(await reading.run(`sh -c 'type "still"'`))).toEqual([0, "still is /usr/bin/still\n"]);
    expect(said(await reading.run(`sh -c 'type "stat"'`))).toEqual([127, ""]);
  });

  it.each([
    ...["find / -name x", "ps", "awk 1 /etc/passwd", "still", "/usr/bin/still", "dpkg -s openssl", "id", "mount"],
    ...[
      "cat $HOME/x",
      "cat /etc/pass*",
      "echo `id`",
      "(cat /etc/passwd)",
      "cat /etc/passwd > /tmp/x",
      "ls -l /etc",
      "cat etc/passwd",
    ],
    ...[
      "sed -n p /etc/passwd",
      "grep -r root /etc",
      "grep root",
      "cat /etc/passwd | xargs echo",
      "sh -c 'cat /etc/passwd'",
    ],
    ...[
      "still -V 2>&1 | grep -c with-ssl",
      "still -t || echo missing",
      "still; echo x",
      "test -e /etc && still 2>/dev/null",
    ],
    ...["if [ -f /etc/evil ]; then echo bad; fi", "ulimit -c", "cd /etc && ls /etc"],
  ])("%s: not asked, and so never a verdict", async (command) => {
    const error = await reading.run(command).then(
      (answer) => expect.fail(`it was answered: ${said(answer)}`),
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(ScanError);
    expect((error as ScanError).code).toBe("no-shell");
    expect((error as ScanError).message).toContain("no shell in the target");
  });

  it("stays as it was", async () => {
    expect(writableLayer((await way.targetOf("at-restricted", "hardened", "app")).containerId)).toBe(before);
  });
});

it("a non-root container in a baseline namespace is read as well", async () => {
  const shell = await way.reach("at-baseline", "non-root", "app");
  expect(shell.way).toBe("toolbox-read");
  expect(said(await shell.run("cat /etc/app.conf"))).toEqual([0, "listen = 0.0.0.0\nold = yes\n"]);
  await shell.close();
});

it("ids that the pod does not tell are learned, and a second toolbox has them", async () => {
  const pod = withoutShell.split("---").find((part) => part.includes("name: non-root, namespace: at-baseline")) ?? "";
  const odd = pod.replace("name: non-root,", "name: odd,").replace("runAsGroup: 65532", "runAsGroup: 7");
  await cluster.apply(odd);
  const target = await way.targetOf("at-baseline", "odd", "app");
  const seen = structuredClone(cluster.pod("at-baseline", "odd"));
  expect(seen).toBeDefined();
  const shell = await way.reach("at-baseline", "odd", "app", undefined, (text) =>
    text.replaceAll(/"runAs(User|Group)":\d+,?/g, "").replaceAll(",}", "}"),
  );
  expect(shell.way).toBe("toolbox-read");
  expect(shell.reasons.join(" ")).toContain("65532:7");
  expect(target.container).toBe("app");
  await shell.close();
});
