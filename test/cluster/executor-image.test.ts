import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Shell } from "#contract/shell.ts";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { dispatch } from "#functions/dispatcher/dispatch.ts";
import { eventually, sharedCluster } from "#test/support/cluster.ts";
import { clusterId, type ImageDeployment, imageDeployment, type RunningImage } from "#test/support/image-executor.ts";
import { reaching } from "#test/support/reach.ts";
import { executorImage } from "../../infra/image/executor-image.ts";

const folder = mkdtempSync(join(tmpdir(), "muster-image-"));
const attempts = readFileSync(new URL("../fixtures/breaking-out.rb", import.meta.url), "utf8");
const otherScan = "/tmp/muster/0badcafe";
let cluster: EmbeddedCluster;
let aws: ImageDeployment;
let image: string;
let executor: RunningImage;
let inside: Shell;

beforeAll(async () => {
  const built = await executorImage();
  image = built.name;
  cluster = await sharedCluster({ archives: [built.archive] });
  aws = await imageDeployment(cluster);
  executor = await aws.start({ image });
  await executor.runtime.initialised;
  process.stdout.write(
    `executor image: asks for its first event ${Date.now() - executor.startedAtMs} ms after its start\n`,
  );
  inside = await reaching(cluster, "muster-admin").reach("muster", "executor", "executor");
});
afterAll(async () => {
  await inside?.close();
  await aws?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A request through the dispatcher, and what became of its one container. */
async function scan(profile: string, workload = "busybox-only") {
  const targets = [{ cluster: clusterId, namespaces: ["demo"], labelSelector: `app=${workload}` }];
  const body = JSON.stringify({ schemaVersion: 1, profile, targets });
  const message = { id: `${profile}-${Math.random()}`, body, sentAt: new Date() };
  const { scanId } = await dispatch(message, { ...aws, taskQueue: () => aws.taskQueue });
  return aws.outcomeOf(scanId);
}

const read = async (key: string) => Buffer.from((await aws.evidence.read(key))?.bytes ?? []).toString("utf8");

describe("the executor image", () => {
  it("scans a container next to it, and its report lies in the bucket", async () => {
    await aws.register("container-baseline");
    const outcome = await scan("container-baseline");
    expect(outcome).toMatchObject({ outcome: "scanned", way: "shell", target: { namespace: "demo" } });
    const report = JSON.parse(await read(`${outcome.key}/hdf.json`));
    expect(report.profiles[0]).toMatchObject({ name: "container-baseline", status: "loaded" });
    process.stdout.write(`executor image: outcome ${Date.now() - executor.startedAtMs} ms after its start\n`);
  });

  it("logs one JSON document a line and no secret", () => {
    const lines = executor.log().trim().split("\n");
    for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
    for (const canary of aws.canaries) expect(executor.log()).not.toContain(canary);
    expect(executor.log()).not.toContain("this kernel lets");
  });

  it("gives the auditor's warm parent no variable but the few that it needs", () => {
    const environment = readdirSync("/proc")
      .filter((pid) => /^\d+$/.test(pid) && commandLine(pid).includes("/var/task/layers/auditor/main.rb"))
      .map((pid) => readFileSync(`/proc/${pid}/environ`, "latin1").split("\0").filter(Boolean));
    const names = environment.map((each) => each.map((variable) => variable.split("=")[0]).sort());
    expect(names).toEqual([["HOME", "LANG", "PATH", "TMPDIR", "TZ"]]);
  });

  it("runs within 2 GiB, with nothing but a temp folder in memory to write to", async () => {
    const text = async (command: string) => Buffer.from((await inside.run(command)).stdout).toString();
    expect(await text("cd /sys/fs/cgroup; cat memory/memory.limit_in_bytes memory.max 2>/dev/null")).toBe(
      "2147483648\n",
    );
    expect(await text("grep ' /tmp ' /proc/mounts")).toMatch(/^tmpfs .*size=524288k/);
    expect(await text("grep ' / ' /proc/mounts")).toMatch(/ ro[, ]/);
    expect(await text("id -u")).toBe("65532\n");
  });

  it("holds no file that its user could change but those in /tmp", async () => {
    const { stdout } = await inside.run(
      "find / -xdev -writable ! -type l ! -path '/proc/*' ! -path '/dev/*' ! -path /tmp | head",
    );
    expect(Buffer.from(stdout).toString()).toBe("");
    const { exitCode } = await inside.run("touch /var/task/x");
    expect(exitCode).not.toBe(0);
  });
});

describe("a hostile profile in the image", () => {
  let confined: Readonly<Record<string, string>>;
  let free: Readonly<Record<string, string>>;
  beforeAll(async () => {
    await inside.run(`mkdir -p ${otherScan} && echo '{"of": "another scan"}' >${otherScan}/report.json`);
    await inside.run(
      `ruby -rsocket -e 'UNIXServer.new("${otherScan}/b"); Process.daemon(true); sleep 600' </dev/null >/dev/null 2>&1`,
    );
    const call = (own: string) => `BreakingOut.all("${executor.runtime.address}", "${otherScan}", ${own})`;
    const profile = join(folder, "breaks-out");
    mkdirSync(join(profile, "controls"), { recursive: true });
    writeFileSync(join(profile, "inspec.yml"), "name: breaks-out\nversion: 0.1.0\n");
    const control = `control "tries" do\n  title(${call("__dir__")}.merge("env" => ENV.to_h).to_json)\n  describe(true) { it { should eq true } }\nend\n`;
    writeFileSync(join(profile, "controls", "all.rb"), `${attempts}\n${control}`);
    await aws.register(profile);
    const outcome = await scan("breaks-out");
    confined = JSON.parse(JSON.parse(await read(`${outcome.key}/hdf.json`)).profiles[0].controls[0].title);
    const { stdout, stderr } = await inside.run("ruby -", {
      stdin: Buffer.from(`${attempts}\nputs JSON.generate(${call('"/tmp/muster"')})`),
    });
    expect(Buffer.from(stderr).toString()).toBe("");
    free = JSON.parse(Buffer.from(stdout).toString());
  });

  it("fails in every attempt, each time refused by the kernel", () => {
    const { env, ...tried } = confined;
    const succeeded = Object.entries(tried).filter(
      ([, outcome]) => !/^(Errno::E(PERM|ACCES|NOENT|ROFS)|IOError)$/.test(outcome),
    );
    expect(succeeded).toEqual([]);
    expect(Object.keys(env ?? {}).sort()).toEqual(["HOME", "LANG", "PATH", "TMPDIR", "TZ"]);
    for (const canary of aws.canaries) expect(JSON.stringify(confined)).not.toContain(canary);
  });

  it("reaches the Runtime API no more than anybody else's sockets", () => {
    expect(executor.runtime.strays).toEqual(["GET /2018-06-01/runtime/invocation/nextx"]); // that of the free one
  });

  it("is kept from node's environment, memory and program by the program's mode alone, without any other confinement", async () => {
    for (const path of ["/proc/1/environ", "/proc/1/maps", "/proc/1/mem", "/usr/local/bin/node"]) {
      const { stdout, exitCode } = await inside.run(`head -c 64 ${path}`);
      expect({ path, read: stdout.length, exitCode }).toEqual({ path, read: 0, exitCode: 1 });
    }
    // Whereas a program of the same user that can be read: the shell that asks.
    expect((await inside.run("head -c 64 /proc/$$/environ")).stdout).toHaveLength(64);
  });

  it("tries what works without confinement, so that the refusals mean something", () => {
    const works = [
      "INET socket",
      "abstract unix socket",
      "socket of another scan",
      "files of another scan",
      "signal to node",
    ];
    expect(works.filter((attempt) => !free[attempt]?.startsWith("did: "))).toEqual([]);
  });

  it("leaves nothing that the next scan would notice", async () => {
    expect(await scan("container-baseline")).toMatchObject({ outcome: "scanned" });
  });
});

// The last of all: it takes the tasks that the function would be given.
describe("the same image off Lambda", () => {
  it("works a cluster's queue, names what it lacks, and logs no secret", async () => {
    await inside.close();
    await executor.stop();
    const lacking = await aws.startWorker({ image, environment: { TASK_QUEUE_URL: undefined, CONCURRENCY: "none" } });
    const words = await eventually("its last words", () => /^environment: .*$/m.exec(lacking.log())?.[0]);
    expect(words).toMatch(/TASK_QUEUE_URL: .*; CONCURRENCY: must be a whole number above 0/);
    await lacking.stop();
    const worker = await aws.startWorker({ image });
    await aws.register("container-baseline");
    expect(await scan("container-baseline")).toMatchObject({ outcome: "scanned", way: "shell" });
    for (const canary of aws.canaries) expect(worker.log()).not.toContain(canary);
  });
});

const commandLine = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1");
  } catch {
    return ""; // it is gone
  }
};
