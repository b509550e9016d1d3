import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { detection } from "#audit/ahead/static-bundle.ts";
import { connect } from "#cluster/connection.ts";
import { containersOf } from "#cluster/containers.ts";
import { ownKubeconfig } from "#cluster/kubeconfig.ts";
import { readPod } from "#cluster/pods.ts";
import { fileRecord } from "#commands/file-record.ts";
import { archiveFile, archives } from "#embedded/cluster/images/archives.ts";
import { DEFAULT_IMAGE_CACHE } from "#embedded/cluster/images/build.ts";
import { imageShell } from "#reach/image/image-shell.ts";
import { openImage } from "#reach/image/open-image.ts";
import { imageAtRest } from "#reach/image/stored/at-rest.ts";
import { reachTarget } from "#reach/reach-target.ts";
import { sharedCluster } from "#test/support/cluster.ts";
import { localShell } from "#test/support/local-shell.ts";

/** The same image twice: as its archive, and unpacked by tar with a real shell in it. */
const fileOf = (name: string) => {
  const archive = archives().find((each) => each.name === name);
  if (archive === undefined) throw new Error(`no archive ${name}`);
  return archiveFile(archive, DEFAULT_IMAGE_CACHE);
};
const path = fileOf("debian");
const folder = mkdtempSync(join(tmpdir(), "image-root-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const root = join(folder, "root");
execFileSync("mkdir", ["-p", root, join(folder, "archive")]);
execFileSync("tar", ["-C", join(folder, "archive"), "-xf", path]);
const saved = JSON.parse(readFileSync(join(folder, "archive/manifest.json"), "utf8")) as {
  RepoTags: string[];
  Layers: string[];
}[];
const name = "muster.test/debian-weak:1";
const layers = saved.find(({ RepoTags }) => RepoTags.includes(name))?.Layers ?? [];
for (const layer of layers)
  execFileSync("tar", ["-C", root, "--numeric-owner", "-xpf", join(folder, "archive", layer)]);

const platform = { os: "linux", architecture: process.arch === "arm64" ? "arm64" : "amd64" };
const signal = AbortSignal.timeout(120_000);
const image = await openImage(await imageAtRest(path, { name, platform }), signal);
const fromImage = await imageShell(image);
const inRoot = localShell({ root });
afterAll(() => fromImage.close());

/** Every n-th path of the tree, from a place that a seed chooses, and those that audits ask for. */
function sample(count: number, seed: number): readonly string[] {
  const all = execFileSync("find", [".", "-mindepth", "1", "-print0"], { cwd: root, maxBuffer: 2 ** 28 })
    .toString("latin1")
    .split("\0");
  const paths = all
    .filter((each) => each !== "" && !/^\.\/(proc|sys|dev|etc\/(hosts|hostname|resolv\.conf))($|\/)/.test(each))
    .map((each) => each.slice(1))
    .sort();
  const step = Math.ceil(paths.length / count);
  return paths.filter((_path, at) => at % step === seed % step);
}

/** What an image cannot know: the size of a folder, and when the runtime itself made one. */
const withoutFolders = (stdout: Uint8Array) =>
  Buffer.from(stdout)
    .toString("latin1")
    .replace(/^(eL?dr\n)\d+:(\w+:\d+:\d+):\d+/, "$1:$2");

it("every record of a sampled path is what the script prints in the same root", async () => {
  const asked = [
    ...sample(150, 7),
    "/etc/passwd",
    "/etc/shadow",
    "/etc/os-release",
    "/bin",
    "/bin/sh",
    "/none",
    "/etc/passwd/x",
    "/tmp/../etc/group",
    "/etc//login.defs",
    "/usr/bin/perl/",
    "/var/run/x",
  ];
  const differing: string[] = [];
  for (const each of asked) {
    const question = `p='${each}';${fileRecord}`;
    const [one, other] = [await fromImage.run(question), await inRoot.run(question)];
    if (withoutFolders(one.stdout) !== withoutFolders(other.stdout) || one.exitCode !== other.exitCode)
      differing.push(each);
  }
  expect(differing).toEqual([]);
});

it.each(detection.filter((command) => command !== "uname -m"))(
  "the auditor's own %s is answered as in the same root",
  async (command) => {
    const [one, other] = [await fromImage.run(command), await inRoot.run(command)];
    expect([Buffer.from(one.stdout).toString(), one.exitCode]).toEqual([
      Buffer.from(other.stdout).toString(),
      other.exitCode,
    ]);
  },
);

it.each([
  "grep -E '^[[:alnum:]_]+\\s+[^#]*[0-9]+$' /etc/login.defs",
  "grep -n '^root:\\(.*\\):/bin' /etc/passwd",
  "grep -vc '^#' /etc/login.defs",
  "grep -ix 'umask\\s\\+022' /etc/login.defs",
  "cat /etc/group | grep -F : | tail -n 3",
  "ls -A /etc/pam.d",
  "stat -c '%n %a %A %U %G %F %s' /usr/bin/passwd",
  "stat -L -c '%a %F' /bin/sh",
  "find /usr/bin -xdev -type f -perm /6000 | grep -c bin",
  "find /etc -maxdepth 1 -name 'p*' -type d | wc -l",
  "readlink -f /bin/sh; readlink /bin/none || echo none",
])("%s is answered as in the same root", async (command) => {
  const [one, other] = [await fromImage.run(command), await inRoot.run(command)];
  expect([Buffer.from(one.stdout).toString(), one.exitCode]).toEqual([
    Buffer.from(other.stdout).toString(),
    other.exitCode,
  ]);
});

it("a container that cannot be entered is answered for by the image that its node says it runs", async () => {
  const cluster = await sharedCluster();
  const connection = connect("demo", ownKubeconfig(cluster.kubeconfig, "muster"));
  const [namespace, pod] = ["demo", "scratch"] as const;
  const found = await readPod(connection, namespace, pod, signal);
  if (found === undefined) throw new Error("no pod scratch");
  const [here] = containersOf("demo", found, ["containers"]);
  if (here === undefined) throw new Error("no container in scratch");
  const scratch = JSON.parse(
    execFileSync("tar", ["-xOf", fileOf("scratch"), "./manifest.json"], { encoding: "utf8" }),
  ) as { RepoTags: string[]; Config: string }[]; // as this repository writes it
  const reach = (target: typeof here.target, of: string) => {
    const images = { kind: "file", path: fileOf(of) } as const;
    const options = { signal, pod: async () => told, stillThere: async () => undefined, images };
    return reachTarget(connection, target, { use: "never" }, options);
  };
  // A node that loaded the image from an archive tells the config's digest; containerd makes up a manifest for it.
  const config = scratch.find(({ RepoTags }) => RepoTags.includes(here.target.image))?.Config.replace(".json", "");
  const target = { ...here.target, imageDigest: `sha256:${config}` };
  const told = JSON.parse(
    JSON.stringify(found).replaceAll(here.target.imageDigest, target.imageDigest),
  ) as typeof found; // the same pod
  const shell = await reach(target, "scratch");
  expect(shell.way).toBe("image");
  expect(shell.reasons).toContain("The toolbox is not allowed here.");
  const { stdout } = await shell.run("cat /etc/app.conf");
  expect(Buffer.from(stdout).toString()).toBe("listen = 127.0.0.1\ndebug = false\n");
  await shell.close();
  await expect(reach(target, "busybox")).rejects.toMatchObject({ code: "no-shell" });
});
