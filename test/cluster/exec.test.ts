import { createHash } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { eventually, sharedCluster } from "#test/support/cluster.ts";
import { openExec, V4, V5 } from "#test/support/exec-socket.ts";

let cluster: EmbeddedCluster;
beforeAll(async () => {
  cluster = await sharedCluster();
});

const ALL_BYTES = Buffer.from(Array.from({ length: 256 }, (_, value) => value));
const PRINT_ALL_BYTES = `i=0; while [ $i -lt 256 ]; do printf "\\\\$(printf %03o $i)"; i=$((i+1)); done`;

describe.each([V4, V5])("over %s", (protocol) => {
  const protocols = [protocol];

  test("the first frame is empty, the status is last and the close code is 1000", async () => {
    const session = await openExec(cluster, "weak", ["/bin/sh", "-c", "echo out; echo err >&2"], { protocols });
    expect(await session.closed).toBe(1000);
    expect(session.socket.protocol).toBe(protocol);
    expect(session.frames[0]).toEqual({ channel: 1, size: 0 });
    expect(session.frames.at(-1)?.channel).toBe(3);
    expect(session.output(1).toString()).toBe("out\n");
    expect(session.output(2).toString()).toBe("err\n");
    expect(session.statuses()).toEqual([{ metadata: {}, status: "Success" }]);
  });

  test("an exit code comes as the cause of a NonZeroExitCode", async () => {
    const session = await openExec(cluster, "weak", ["/bin/sh", "-c", "exit 42"], { protocols });
    await session.closed;
    const [status] = session.statuses();
    expect(status).toMatchObject({ status: "Failure", reason: "NonZeroExitCode" });
    expect(status.details.causes).toEqual([{ reason: "ExitCode", message: "42" }]);
  });

  test("all 256 byte values come out as they are", async () => {
    const session = await openExec(cluster, "busybox-only", ["/bin/sh", "-c", PRINT_ALL_BYTES], { protocols });
    await session.closed;
    expect(session.output(1).equals(ALL_BYTES)).toBe(true);
  });

  test("a shell that is not there is an internal error in containerd's words", async () => {
    const session = await openExec(cluster, "scratch", ["/bin/sh"], { protocols });
    expect(await session.closed).toBe(1000);
    const [status] = session.statuses();
    expect(status).toMatchObject({ status: "Failure", reason: "InternalError", code: 500 });
    expect(status.message).toMatch(
      /OCI runtime exec failed: exec failed: unable to start container process: exec: "\/bin\/sh": stat \/bin\/sh: no such file or directory/,
    );
    expect(session.output(2).length).toBe(0);
  });

  test("a bare name that is not there is not found in $PATH", async () => {
    const session = await openExec(cluster, "scratch", ["sh"], { protocols });
    await session.closed;
    expect(session.statuses()[0].message).toContain('exec: "sh": executable file not found in $PATH');
  });

  test("user, groups, capabilities, environment and directory are the container's own", async () => {
    const script = "id; pwd; env | sort; grep -E '^(Cap|NoNewPrivs|Groups)' /proc/self/status";
    const session = await openExec(cluster, "non-root-readonly", ["/bin/sh", "-c", script], { protocols });
    await session.closed;
    const text = session.output(1).toString();
    expect(text).toContain("uid=65532(nonroot) gid=65532(nonroot)");
    expect(text).toMatch(/CapEff:\s+0{16}/);
    expect(text).toMatch(/NoNewPrivs:\s+1/);
    expect(text).toContain("KUBERNETES_SERVICE_HOST=10.96.0.1");
  });

  test("a container that dies under a session ends it with 137", async () => {
    await cluster.apply(LONE_POD(`dies-${protocol.slice(0, 2)}`));
    const session = await openExec(
      cluster,
      `dies-${protocol.slice(0, 2)}`,
      ["/bin/sh", "-c", "echo up; exec sleep 600"],
      { protocols, stdin: true },
    );
    await eventually("the command's first output", () => session.output(1).includes("up") || undefined);
    await cluster.killContainer("demo", `dies-${protocol.slice(0, 2)}`, "main");
    expect(await session.closed).toBe(1000);
    expect(session.statuses()[0].details.causes[0].message).toBe("137");
    await cluster.deletePod("demo", `dies-${protocol.slice(0, 2)}`);
  });
});

// Over v4 the runtime itself may reset such a connection, or never end it: that is passed through as it is.
test("over v5 a command that never reads its stdin still ends with its status", async () => {
  const session = await openExec(cluster, "weak", ["sleep", "0.2"], { stdin: true, protocols: [V5] });
  for (let count = 0; count < 1_000; count += 1) session.send(Buffer.alloc(16_384));
  expect(await session.closed).toBe(1000);
  expect(session.statuses()).toEqual([{ metadata: {}, status: "Success" }]);
});

test("v5 passes the end of stdin on, and every byte before it", async () => {
  const sent = Buffer.concat(Array.from({ length: 4096 }, () => ALL_BYTES));
  const session = await openExec(cluster, "weak", ["sha256sum"], { stdin: true });
  for (let begin = 0; begin < sent.length; begin += 16_384) session.send(sent.subarray(begin, begin + 16_384));
  session.closeStdin();
  expect(await session.closed).toBe(1000);
  expect(session.output(1).toString()).toContain(createHash("sha256").update(sent).digest("hex"));
});

test("v4 takes no notice of a v5 close signal", async () => {
  const session = await openExec(cluster, "busybox-only", ["cat"], { stdin: true, protocols: [V4] });
  session.closeStdin();
  session.send("still open");
  await eventually("the echo", () => session.output(1).includes("still open") || undefined);
  session.socket.terminate();
});

test("50 MB arrive whole in frames of at most 32 KiB, also at a client that stops reading", async () => {
  const session = await openExec(cluster, "weak", ["head", "-c", "50000000", "/dev/zero"], { protocols: [V5] });
  await eventually("the first bytes", () => session.output(1).length > 0 || undefined);
  session.socket.pause();
  await openExec(cluster, "weak", ["true"]).then((other) => other.closed);
  session.socket.resume();
  expect(await session.closed).toBe(1000);
  expect(session.output(1).length).toBe(50_000_000);
  expect(Math.max(...session.frames.map((frame) => frame.size))).toBeLessThanOrEqual(32_768);
  expect(session.statuses()[0].status).toBe("Success");
});

test("a process that leaves its stdin unread does not lose what comes later on stdout", async () => {
  const session = await openExec(
    cluster,
    "weak",
    ["/bin/sh", "-c", "read first; echo got $first; sleep 0.1; echo end"],
    { stdin: true },
  );
  session.send("one\n");
  session.send(Buffer.alloc(200_000, "x"));
  expect(await session.closed).toBe(1000);
  expect(session.output(1).toString()).toBe("got one\nend\n");
});

test("output of a child that outlives the command still comes before the status", async () => {
  const session = await openExec(cluster, "weak", ["/bin/sh", "-c", "(sleep 0.2; echo late) & echo early"]);
  await session.closed;
  expect(session.output(1).toString()).toBe("early\nlate\n");
  expect(session.frames.at(-1)?.channel).toBe(3);
});

const LONE_POD = (name: string): string => `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: demo }
spec:
  restartPolicy: Never
  containers:
    - { name: main, image: "muster.test/busybox:1", command: ["/bin/sleep", "3600"] }
`;
