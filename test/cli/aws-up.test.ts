import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { newStore } from "#test/support/aws-up.ts";
import { expectOneClearMessage, runMuster } from "#test/support/run-muster.ts";

let store: string;
beforeEach(() => {
  store = newStore();
});
afterEach(async () => {
  if (existsSync(join(store, ".aws", "state.json"))) await muster("down");
  rmSync(store, { recursive: true, force: true });
}, 60_000);

const muster = (verb: string, ...words: readonly string[]) => runMuster(["aws", verb, "--out", store, ...words]);
const up = (...words: readonly string[]) => muster("up", "--port", "0", ...words);

/** Of a process: `Z` until its parent, which may be busy, takes note of its end. */
function stateOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /s, "")[0] ?? "gone";
  } catch {
    return "gone";
  }
}

describe("muster aws up", { timeout: 120_000 }, () => {
  it("prints lines for eval, and nothing else on stdout", async () => {
    const { code, stdout, stderr } = await up();
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split("\n");
    expect(lines.filter((line) => !/^(export [A-Z_]+=[\w:/.-]+|unset [A-Z_ ]+)$/.test(line))).toEqual([]);
    expect(lines).toContainEqual(expect.stringMatching(/^export AWS_ENDPOINT_URL=http:\/\/127\.0\.0\.1:\d+$/));
    expect(stderr).toContain("signatures are not");
  });

  it("is found by status, left alone by a second up, and gone after down", async () => {
    const first = JSON.parse((await up("--json")).stdout);
    const [second, status] = await Promise.all([up("--json"), muster("status", "--json")]);
    expect(JSON.parse(second.stdout)).toMatchObject({ started: false, url: first.url, pid: first.pid });
    expect(JSON.parse(status.stdout)).toMatchObject({ running: true, url: first.url });
    expect(JSON.parse((await muster("down", "--json")).stdout)).toEqual({ running: false, stopped: true });
    expect(JSON.parse((await muster("status", "--json")).stdout)).toEqual({ running: false });
    expect(stateOf(first.pid)).toMatch(/^(gone|Z)$/);
  });

  it("serves the same folder again after a restart", async () => {
    const client = (environment: Record<string, string>) =>
      new S3Client({
        ...{ region: "us-east-1", endpoint: environment.AWS_ENDPOINT_URL ?? "", maxAttempts: 1 },
        credentials: { accessKeyId: environment.AWS_ACCESS_KEY_ID ?? "", secretAccessKey: "any" },
      });
    const before = client(JSON.parse((await up("--json")).stdout).environment);
    const create = { Bucket: "evidence", Key: "a/b.json", Body: "{}", IfNoneMatch: "*" };
    await before.send(new PutObjectCommand(create));
    before.destroy();
    await muster("down");
    const after = client(JSON.parse((await up("--json")).stdout).environment);
    const { Contents } = await after.send(new ListObjectsV2Command({ Bucket: "evidence" }));
    expect(Contents?.map(({ Key }) => Key)).toEqual(["a/b.json"]);
    await expect(after.send(new PutObjectCommand(create))).rejects.toMatchObject({ name: "PreconditionFailed" });
    after.destroy();
  });

  it("keeps its key to the owner of the folder", async () => {
    await up();
    expect(statSync(join(store, ".aws")).mode & 0o077).toBe(0);
    expect(statSync(join(store, ".aws", "state.json")).mode & 0o077).toBe(0);
  });

  it("says that the port is in use", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const address = other.address();
    const port = typeof address === "object" ? String(address?.port) : "";
    expectOneClearMessage(await muster("up", "--port", port), "--port", port, "in use");
    other.close();
  });

  it("says that a folder is no store", async () => {
    writeFileSync(join(store, "thesis.tex"), "");
    expectOneClearMessage(await up(), "--out", store, "no store");
  });

  it("says that a file is no folder", async () => {
    const file = join(store, "file");
    writeFileSync(file, "");
    expectOneClearMessage(await runMuster(["aws", "up", "--out", file]), "--out", "no folder");
  });

  it("says that a folder cannot be written to", async () => {
    // Not even root can make folders there.
    expectOneClearMessage(await runMuster(["aws", "up", "--out", "/proc/reports"]), "--out", "cannot be written to");
  });

  it("says that there is no such kubeconfig, before anything starts", async () => {
    expectOneClearMessage(await up("--kubeconfig", join(store, "none")), "--kubeconfig", "none");
    expect(JSON.parse((await muster("status", "--json")).stdout)).toEqual({ running: false });
  });

  it("takes bad usage of a verb below a verb for exit code 2", async () => {
    const { code, stderr } = await muster("up", "--port", "70000");
    expect(code).toBe(2);
    expect(stderr).toContain("--port");
  });

  it("takes over from a process that did not end properly", async () => {
    mkdirSync(join(store, ".aws"));
    const state = { process: { pid: 1, startTicks: "never" }, store, url: "http://127.0.0.1:1", clusters: [] };
    writeFileSync(join(store, ".aws", "state.json"), JSON.stringify(state));
    expect(JSON.parse((await up("--json")).stdout)).toMatchObject({ started: true });
  });
});
