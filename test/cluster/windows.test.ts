import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect } from "#cluster/connection.ts";
import { containersOf } from "#cluster/containers.ts";
import { ownKubeconfig } from "#cluster/kubeconfig.ts";
import { windowsNodes } from "#cluster/nodes.ts";
import { readPod } from "#cluster/pods.ts";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { reachTarget } from "#reach/reach-target.ts";
import { sharedCluster } from "#test/support/cluster.ts";
import { toolboxPolicy } from "#test/support/reach.ts";
import { scanOne } from "#test/support/scan-one.ts";
import { windowsNamespace, windowsPod } from "#test/support/windows/pods.ts";

const store = mkdtempSync(join(tmpdir(), "muster-windows-scan-"));
const files = {
  "app/web.config": "<a>\r\né ✓</a>",
  "app/unicode.txt": Buffer.from("\ufeffé ✓\r\n", "utf16le"),
  "app/bytes.bin": Uint8Array.of(0, 255, 13, 10, 128),
};
const pods = [
  windowsPod({ name: "servercore", files }),
  windowsPod({ name: "selected", files, says: "nodeSelector" }),
  windowsPod({ name: "silent", files, says: "nothing" }),
  windowsPod({ name: "core", files, has: ["cmd.exe", "pwsh.exe"] }),
  windowsPod({
    ...{ name: "without-cmd", files, has: ["powershell.exe"] },
    answers: {
      "Get-WmiObject Win32_OperatingSystem | Select Caption,Version | ConvertTo-Json":
        '{"Caption":"Microsoft Windows Server 2022 Datacenter","Version":"10.0.20348"}',
    },
  }),
  windowsPod({ name: "without-wmic", files, lacks: ["wmic.exe"] }),
  windowsPod({ name: "nanoserver", files, has: ["cmd.exe"] }),
  windowsPod({ name: "bare", files, has: [] }),
];
const ownProfile = join(import.meta.dirname, "../fixtures/profiles/windows");
const patches: string[] = [];
let cluster: EmbeddedCluster;

beforeAll(async () => {
  cluster = await sharedCluster();
  await cluster.apply([windowsNamespace, ...pods.map(({ pod }) => pod)]);
  // Sees every request, and lets each of them through.
  cluster.faults.add({
    match: ({ method, url }) => {
      if (!["GET", "POST"].includes(method) || url.includes("/ephemeralcontainers")) patches.push(`${method} ${url}`);
      return false;
    },
  });
});
afterAll(() => {
  for (const { remove } of pods) remove();
  rmSync(store, { recursive: true, force: true });
});

const node = (os: string) => ({
  ...{ apiVersion: "v1", kind: "Node" },
  metadata: { name: "node-1", labels: { "kubernetes.io/os": os, "kubernetes.io/arch": "amd64" } },
});

/** One pod, from the request to its outcome, with the verdict of each control. */
async function scan(pod: string, { profile = ownProfile, namespace = "windows" } = {}) {
  const { outcome, summary, results } = await scanOne({
    connect: async () => connect("muster", ownKubeconfig(cluster.kubeconfig, "muster-toolbox")),
    ...{ store, namespace, pod, profile, policy: { toolbox: toolboxPolicy } },
  });
  const verdicts = Object.fromEntries(Object.entries(results ?? {}).map(([id, all]) => [id, verdictOf(all)]));
  return { outcome, summary, verdicts };
}

const verdictOf = (statuses: readonly string[]) =>
  ["failed", "passed", "skipped"].find((status) => statuses.includes(status));

const all = {
  ...{ platform: "passed", file: "passed", wrong: "failed", cmd: "passed", command: "passed" },
  ...{ powershell: "passed", sealed: "skipped" },
};

describe("a request for a Windows pod", () => {
  it("ends with verdicts on platform, files, commands and scripts, over one exec stream", async () => {
    const { outcome, verdicts, summary } = await scan("servercore");
    expect(outcome).toMatchObject({ outcome: "scanned", way: "windows", target: { os: "windows" } });
    expect(verdicts).toEqual(all);
    expect(summary).toMatchObject({
      platform: { name: "windows_server_2022_datacenter", release: "10.0.20348" },
      wayReasons: ["The pod runs Windows; commands are asked by PowerShell."],
      transport: { execStreams: 1 },
    });
  });

  it("asks nothing that it would have to wait for the second time, but what may change something", async () => {
    const { summary, verdicts } = await scan("servercore");
    expect(verdicts).toEqual(all);
    expect(summary?.transport).toMatchObject({ rehearsals: 0, wasted: 0 });
    expect(summary?.transport.blockingRoundTrips).toBeLessThanOrEqual(7);
  });

  it.each(["selected", "core", "without-wmic"])("ends with the same verdicts where it is %s", async (pod) => {
    const { outcome, verdicts } = await scan(pod);
    expect(outcome).toMatchObject({ outcome: "scanned", way: "windows" });
    expect(verdicts).toEqual(all);
  });

  it("is asked by PowerShell directly where there is no cmd.exe", async () => {
    const { outcome, verdicts } = await scan("without-cmd");
    expect(outcome.message).toBe("");
    expect(outcome).toMatchObject({ outcome: "scanned", way: "windows" });
    expect(verdicts).toEqual({ ...all, cmd: "failed" });
  });

  it("is told by its node's label where the pod says nothing", async () => {
    await cluster.apply([node("windows")]);
    try {
      const { outcome, verdicts } = await scan("silent");
      expect(outcome).toMatchObject({ outcome: "scanned", way: "windows", target: { os: "windows" } });
      expect(verdicts).toEqual(all);
    } finally {
      await cluster.apply([node("linux")]);
    }
  });

  it("ends with what cmd.exe alone can answer, and the rest is not reviewed, never judged", async () => {
    const { outcome, verdicts, summary } = await scan("nanoserver");
    expect(outcome).toMatchObject({ outcome: "scanned", way: "windows" });
    expect(verdicts).toEqual({
      ...{ platform: "passed", cmd: "passed", file: "skipped", wrong: "skipped", command: "skipped" },
      ...{ powershell: "skipped", sealed: "skipped" },
    });
    expect(summary?.wayReasons.join()).toContain("without PowerShell");
  });

  it("ends as windows-unsupported where neither cmd nor PowerShell starts", async () => {
    const { outcome } = await scan("bare");
    expect(outcome).toMatchObject({ outcome: "unscannable", reason: "windows-unsupported" });
    expect(outcome.message).toMatch(/none of cmd\.exe, powershell\.exe, pwsh\.exe starts/);
  });

  it("ends as profile-mismatch with a profile for Linux, as a Linux pod does with one for Windows", async () => {
    const linux = await scan("servercore", { profile: "container-baseline" });
    expect(linux.outcome).toMatchObject({ outcome: "unscannable", reason: "profile-mismatch" });
    const windows = await scan("weak", { namespace: "demo" });
    expect(windows.outcome).toMatchObject({ outcome: "unscannable", reason: "profile-mismatch" });
  });

  it("never has anything added to it", () => {
    expect(patches).toEqual([]);
    for (const { pod } of pods) {
      expect(cluster.pod("windows", pod.metadata.name)?.spec.ephemeralContainers).toBeUndefined();
    }
  });
});

describe("a session in a Windows container", () => {
  const entered = async () => {
    const connection = connect("muster", ownKubeconfig(cluster.kubeconfig, "muster"));
    const pod = await readPod(connection, "windows", "servercore");
    const target = pod && containersOf("muster", pod, ["containers"])[0]?.target;
    if (pod === undefined || target === undefined) throw new Error("the pod is there");
    const shell = await reachTarget(
      connection,
      target,
      { use: "never" },
      {
        signal: AbortSignal.timeout(60_000),
        pod: async () => pod,
        stillThere: async () => undefined,
      },
    );
    return { shell, leave: () => shell.close().finally(() => connection.close()) };
  };
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

  it("ends a command at its time where it runs, over one more exec, and goes on", async () => {
    const { shell, leave } = await entered();
    await expect(shell.run("Start-Sleep 600", { timeoutMs: 1000 })).rejects.toMatchObject({ code: "timeout" });
    expect(text((await shell.run("Write-Output 'on'")).stdout)).toBe("on\r\n");
    expect({ way: shell.way, streams: shell.execStreams }).toEqual({ way: "windows", streams: 2 });
    await leave();
  });

  it("that is cut gives no answer to what ran, and the next command goes over another stream", async () => {
    const match = ({ url }: { readonly url: string }) => url.includes("/servercore/exec");
    cluster.faults.add({ match, times: 1, dropAfterBytes: 20_000 });
    const { shell, leave } = await entered();
    await expect(shell.run("[Console]::Out.Write('0123456789' * 100000)")).rejects.toMatchObject({
      code: "connection-lost",
      message: expect.stringContaining("unknown"),
    });
    expect(text((await shell.run("cmd.exe /c ver")).stdout)).toContain("Windows");
    expect(shell.execStreams).toBe(2);
    await leave();
  });
});

it("an account that may not list nodes knows of no Windows node", async () => {
  const nobody = connect("muster", ownKubeconfig(cluster.kubeconfig, "nobody"));
  expect(await windowsNodes(nobody, AbortSignal.timeout(10_000))).toEqual(new Set());
  nobody.close();
});
