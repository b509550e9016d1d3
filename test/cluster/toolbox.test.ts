import { chmodSync, chownSync, writeFileSync } from "node:fs";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { ScanError } from "#contract/errors.ts";
import type { ToolboxPolicy } from "#contract/policy.ts";
import type { Completed } from "#contract/shell.ts";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { sharedCluster } from "#test/support/cluster.ts";
import { hostPidOf } from "#test/support/container-processes.ts";
import { reaching, toolboxPolicy, withoutShell } from "#test/support/reach.ts";
import { writableLayer } from "#test/support/writable-layer.ts";

let cluster: EmbeddedCluster;
let way: ReturnType<typeof reaching>;
beforeAll(async () => {
  cluster = await sharedCluster();
  await cluster.apply(withoutShell);
  await freshPod("gnu", { image: "muster.test/debian-weak:1", command: ["sleep", "infinity"] });
  way = reaching(cluster);
});
afterEach(() => cluster.joinProcesses(undefined));

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
const said = ({ exitCode, stdout }: Completed) => [exitCode, text(stdout)];
const toolboxesOf = (namespace: string, pod: string) =>
  (cluster.pod(namespace, pod)?.spec.ephemeralContainers ?? []).map(({ name }) => name);

/** A pod of its own for a test that leaves a toolbox behind which no other test may find. */
async function freshPod(name: string, fields: object = {}, namespace = "at-privileged", ofPod = {}): Promise<void> {
  const containers = [{ name: "app", image: "muster.test/distroless-weak:1", ...fields }];
  const spec = { terminationGracePeriodSeconds: 1, containers, ...ofPod };
  await cluster.apply([{ apiVersion: "v1", kind: "Pod", metadata: { name, namespace }, spec }]);
}

const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.fail("it was not refused"),
    (error: ScanError) => error,
  );

describe.each([
  ["root, whose ids the pod does not tell", "at-privileged", "root"],
  ["non-root, read-only, without new privileges", "at-privileged", "hardened"],
  ["root in a baseline namespace", "at-baseline", "root"],
])("a container without a shell: %s", (_, namespace, pod) => {
  it("is entered by chroot, as the user it runs as", async () => {
    const shell = await way.reach(namespace, pod, "app");
    expect(shell.way).toBe("toolbox-chroot");
    expect(said(await shell.run("cat /etc/app.conf; pwd; echo $PATH"))).toEqual([
      0,
      "listen = 0.0.0.0\nold = yes\n/\n/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n",
    ]);
    const user = pod === "hardened" ? "nonroot" : "root";
    expect(said(await shell.run("id -un; stat -c %U:%G /home/nonroot"))).toEqual([0, `${user}\nnonroot:nonroot\n`]);
    await shell.close();
  });
});

describe("inside a target without a shell", () => {
  it("no process of the toolbox is listed", async () => {
    const shell = await way.reach("at-privileged", "root", "app");
    expect(text((await shell.run("ps -o pid,args")).stdout).match(/^ +\d+/gm)).toEqual(["    1"]);
    await shell.close();
  });

  it("only programs of the target exist", async () => {
    const shell = await way.reach("at-privileged", "root", "app");
    expect(said(await shell.run(`sh -c 'type "still"'`))).toEqual([0, "still is /usr/bin/still\n"]);
    for (const question of [`sh -c 'type "stat"'`, 'which "ls"', "type cd", "command -v wget"]) {
      expect(said(await shell.run(question))).toEqual([127, ""]);
    }
    await shell.close();
  });

  it("an answer that rests on a lent program says so", async () => {
    const shell = await way.reach("at-privileged", "root", "app");
    expect((await shell.run("cat /etc/passwd | head -n 1")).borrowed).toEqual(["cat", "head"]);
    expect((await shell.run("echo plain")).borrowed).toBeUndefined();
    expect([...shell.borrowed]).toEqual(["cat", "head"]);
    await shell.close();
  });

  it.each([
    "dpkg -s openssl",
    "rpm -qa | wc -l",
    "su -s /bin/sh -c 'test -r /etc/shadow' nobody",
    "mount -o remount /",
    "sh -c 'mount | grep /tmp'",
    "env ps aux",
    "pidof sleep",
  ])("%s is not answered by the toolbox in the target's place", async (command) => {
    const shell = await way.reach("at-privileged", "root", "app");
    expect((await refusal(shell.run(command))).code).toBe("no-shell");
    await shell.close();
  });

  it.each([
    ...[
      "find /etc -printf '%p\\n' 2>/dev/null",
      "stat --printf='%a\\n' /etc/passwd 2>/dev/null || true",
      "ls --time-style=iso /etc",
    ],
    ...["grep -P '^root' /etc/passwd 2>/dev/null | wc -l", "sort --version-sort /etc/passwd 2>/dev/null; echo done"],
    ...[
      "find /etc -name passwd -exec grep -P '^root' {} + 2>/dev/null",
      "sh -c 'ls -d /etc | xargs du --apparent-size 2>/dev/null'",
    ],
  ])("%s is answered by GNU's programs, and by none that is lent", async (command) => {
    const shell = await way.reach("at-privileged", "root", "app");
    const reference = await way.reach("at-privileged", "gnu", "app");
    expect(text((await reference.run(command)).stdout)).not.toBe("");
    const error = await refusal(shell.run(command));
    expect([error.code, error.message]).toEqual(["no-shell", expect.stringContaining("stands in for its own")]);
    await shell.close();
    await reference.close();
  });

  it.each([
    ...["find /etc/ -size +1M 2>/dev/null | wc -l", "find /etc/passwd -size 1M -type f,l", "find /etc/passwd -perm /0"],
    ...["cat /nosuch", "grep -q nosuch /etc/passwd || echo none", "ls /etc/passwd | xargs stat -c %a:%n"],
  ])("%s is answered as by GNU's programs", async (command) => {
    const shell = await way.reach("at-privileged", "hardened", "app");
    const reference = await way.reach("at-privileged", "gnu", "app");
    expect(said(await shell.run(command))).toEqual(said(await reference.run(command)));
    await shell.close();
    await reference.close();
  });

  it("mounts are the target's", async () => {
    const shell = await way.reach("at-privileged", "hardened", "app");
    expect(text((await shell.run("mount | grep -F -- ' on / '")).stdout)).toMatch(/^overlay on \/ type overlay \(ro,/);
    expect(text((await shell.run("cat /proc/self/mounts")).stdout)).toMatch(/^overlay \/ overlay ro,/);
    await shell.close();
  });

  it("what a process is told of itself is told of the target's", async () => {
    const shell = await way.reach("at-privileged", "hardened", "app");
    const reference = await way.reach("at-privileged", "with-shell", "hardened");
    for (const question of [
      "grep -E '^(Cap|NoNewPrivs|Seccomp|Uid|Gid|Groups)' /proc/self/status",
      "cat /proc/self/limits /proc/self/uid_map /proc/self/gid_map",
      "cat /proc/self/environ | tr '\\0' '\\n' | grep -vE '^(HOSTNAME|SHLVL|PWD|OLDPWD|_)=' | sort",
      "cat /proc/self/attr/current",
    ]) {
      expect([question, ...said(await shell.run(question))]).toEqual([
        question,
        ...said(await reference.run(question)),
      ]);
    }
    const { containerId } = await way.targetOf("at-privileged", "hardened", "app");
    const id = containerId.replace(/^.*\//, "");
    expect(text((await shell.run("cat /proc/self/cgroup")).stdout)).toMatch(new RegExp(`${id}|^0::/$`, "m"));
    expect((await refusal(shell.run("ls -l /proc/self/ns"))).code).toBe("no-shell");
    await shell.close();
    await reference.close();
  });

  it("nothing is written, whatever is asked", async () => {
    const { containerId } = await way.targetOf("at-privileged", "root", "app");
    const before = writableLayer(containerId);
    const shell = await way.reach("at-privileged", "root", "app");
    for (const command of ["ps", "find / -xdev | wc -l", "cat /etc/shadow", "id", "sort /etc/passwd", "type x"]) {
      await shell.run(command);
    }
    await shell.close();
    expect(writableLayer(containerId)).toBe(before);
    const writing = await way.reach("at-privileged", "root", "app");
    await writing.run("echo x >/tmp/seen");
    await writing.close();
    expect(writableLayer(containerId)).not.toBe(before);
  });
});

describe("groups of the target's process", () => {
  const ofPod = { runAsUser: 65532, runAsGroup: 65532, fsGroup: 2000, supplementalGroups: [3000, 3001] };

  it.each([
    ["non-root", ofPod],
    ["non-root, of another group", { ...ofPod, runAsGroup: 7 }],
    ["root", { fsGroup: 2000 }],
  ])("are those of the shell in it: %s", async (name, securityContext) => {
    const pod = `groups-${name.replaceAll(/\W+/g, "-")}`;
    await freshPod(pod, {}, "at-privileged", { securityContext });
    for (const _ of [1, 2]) {
      const shell = await way.reach("at-privileged", pod, "app");
      expect(shell.way).toBe("toolbox-chroot");
      const lines = async (pid: string) =>
        text((await shell.run(`cat /proc/${pid}/status | grep -E '^(Uid|Gid|Groups):'`)).stdout);
      // Of PID 1 it is the target's own; a path that is put together is not led there.
      expect(await lines('"$(echo self)"')).toBe(await lines("1"));
      expect(await lines("1")).toMatch(/^Groups:.*\b2000\b/m);
      await shell.close();
    }
  });

  it("let it read what is theirs alone", async () => {
    const mount = { name: "v", mountPath: "/srv/v" };
    const volumes = [{ name: "v", emptyDir: {} }];
    await freshPod("group-file", { volumeMounts: [mount] }, "at-privileged", { securityContext: ofPod, volumes });
    const shell = await way.reach("at-privileged", "group-file", "app");
    const { containerId } = await way.targetOf("at-privileged", "group-file", "app");
    const file = `/proc/${hostPidOf(containerId)}/root/srv/v/secret`;
    writeFileSync(file, "theirs\n");
    chownSync(file, 0, 2000);
    chmodSync(file, 0o640);
    expect(
      said(await shell.run("cat /srv/v/secret; [ -r /srv/v/secret ] && echo r; [ -r /etc/shadow ] || echo not")),
    ).toEqual([0, "theirs\nr\nnot\n"]);
    await shell.close();
  });
});

describe("a toolbox", () => {
  it("is started without another look for a shell, for who has looked already", async () => {
    const shell = await way.withoutAsking("at-privileged", "root", "app", new ScanError("no-shell", "none"));
    expect(shell.way).toBe("toolbox-chroot");
    expect(said(await shell.run("echo here"))).toEqual([0, "here\n"]);
    await shell.close();
  });

  it("is found again while it runs, and used for nothing else", async () => {
    await freshPod("again");
    for (const _ of [1, 2]) await (await way.reach("at-privileged", "again", "app")).close();
    expect(toolboxesOf("at-privileged", "again")).toHaveLength(1);
    const other = { ...toolboxPolicy, image: "muster.test/toolbox@sha256:other" };
    expect((await refusal(way.reach("at-privileged", "again", "app", other))).code).toBe("toolbox-image");
    expect(toolboxesOf("at-privileged", "again")).toHaveLength(2);
  });

  it("that has ended is followed by another, five times at most", async () => {
    await freshPod("many");
    for (const count of [1, 2, 3, 4, 5]) {
      await (await way.reach("at-privileged", "many", "app")).close();
      expect(toolboxesOf("at-privileged", "many")).toHaveLength(count);
      await cluster.killContainer("at-privileged", "many", toolboxesOf("at-privileged", "many").at(-1) ?? "");
    }
    const error = await refusal(way.reach("at-privileged", "many", "app"));
    expect([error.code, error.message]).toEqual(["toolbox-refused", expect.stringContaining("5 toolbox containers")]);
    expect(toolboxesOf("at-privileged", "many")).toHaveLength(5);
  });

  it.each<[string, ToolboxPolicy, string, string]>([
    ["the policy says never", { ...toolboxPolicy, use: "never" }, "muster-toolbox", "no-shell"],
    ["the account lacks the right", toolboxPolicy, "muster", "forbidden"],
    ["the image cannot be had", { ...toolboxPolicy, image: "muster.test/absent:1" }, "muster-toolbox", "toolbox-image"],
    [
      "the image is no toolbox",
      { ...toolboxPolicy, image: "muster.test/scratch:1" },
      "muster-toolbox",
      "toolbox-refused",
    ],
  ])("is refused by type when %s", async (_, policy, context, code) => {
    const pod = `refused-${code}-${policy.use}`;
    await freshPod(pod);
    const error = await refusal(reaching(cluster, context).reach("at-privileged", pod, "app", policy));
    expect(error.code).toBe(code);
    if (code === "no-shell" || code === "forbidden") expect(toolboxesOf("at-privileged", pod)).toEqual([]);
  });
});

describe("proof of place", () => {
  it("tells two containers of one pod apart", async () => {
    const contents = [];
    for (const container of ["clean", "weak"]) {
      const shell = await way.reach("at-privileged", "two", container);
      contents.push(text((await shell.run("cat /etc/app/app.conf")).stdout));
      await shell.close();
    }
    expect(contents).toEqual(["listen = 127.0.0.1\n", "listen = 0.0.0.0\nold = yes\n"]);
  });

  it("refuses a runtime that joins the neighbour's processes", async () => {
    await cluster.apply(withoutShell.replaceAll("name: two,", "name: swapped,"));
    cluster.joinProcesses(({ targetContainerName }) => (targetContainerName === "clean" ? "weak" : "clean"));
    for (const container of ["clean", "weak"]) {
      const error = await refusal(way.reach("at-privileged", "swapped", container));
      expect([error.code, error.message]).toEqual(["toolbox-refused", expect.stringContaining("can be seen")]);
    }
  });

  it("refuses a runtime that ignores the target", async () => {
    await freshPod("ignored");
    cluster.joinProcesses(() => undefined);
    const error = await refusal(way.reach("at-privileged", "ignored", "app"));
    expect([error.code, error.message]).toEqual(["toolbox-refused", expect.stringContaining("did not join")]);
  });

  it("finds the target among the processes that a pod shares", async () => {
    const contents = [];
    for (const container of ["clean", "weak"]) {
      const shell = await way.reach("at-privileged", "sharing", container);
      contents.push(text((await shell.run("cat /etc/app.conf")).stdout));
      expect(text((await shell.run("ps")).stdout).match(/still/g)).toHaveLength(1);
      await shell.close();
    }
    expect(contents).toEqual(["listen = 127.0.0.1\n", "listen = 0.0.0.0\nold = yes\n"]);
  });
});
