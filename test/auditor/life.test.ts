import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { startAuditor } from "#audit/auditor.ts";
import { asScanError, ScanError } from "#contract/errors.ts";
import type { Shell } from "#contract/shell.ts";
import { localShell } from "#test/support/local-shell.ts";
import { controlsOf, job, scene, statuses } from "./scene.ts";

const { audit, auditor, refusal, folder, workDir } = scene();

/** A shell that works for some commands and then fails as told. */
function breakingShell(after: number, error: ScanError): Shell {
  const inner = localShell();
  let count = 0;
  return {
    ...inner,
    run: (command, options) => {
      count += 1;
      return count > after ? Promise.reject(error) : inner.run(command, options);
    },
  };
}

/** A shell whose `echo who` answers with a name of its own. */
function namedShell(name: string): Shell {
  const inner = localShell();
  return {
    ...inner,
    run: (command, options) =>
      inner.run(Buffer.from(command).toString().replaceAll("who-am-i", `echo ${name}`), options),
  };
}

test("four audits at once each see their own target and nobody else's", async () => {
  const names = ["alpha", "beta", "gamma", "delta"];
  const audits = await Promise.all(names.map((name) => audit("who", { shell: namedShell(name) })));
  expect(audits.map((audited) => controlsOf(audited).get("who")?.title)).toEqual(names);
});

describe("trouble on the way to the target is never a verdict", () => {
  test.each([0, 5, 11])("a connection lost after %i commands ends the audit", async (after) => {
    const lost = new ScanError("connection-lost", "the stream was cut");
    expect(await refusal("mixed", { shell: breakingShell(after, lost) })).toBe(lost);
  });

  test("a timeout that no command asked for is the connection's", async () => {
    const late = new ScanError("timeout", "the API server did not answer");
    expect(await refusal("mixed", { shell: breakingShell(3, late) })).toBe(late);
  });

  test("a shell that cannot be opened ends the audit with its own reason", async () => {
    const none = new ScanError("no-shell", "there is no shell");
    expect(await refusal("mixed", { shell: Promise.reject(none) })).toBe(none);
  });

  test("output that was cut fails its check and is not taken for the whole", async () => {
    const inner = localShell();
    const shell: Shell = {
      ...inner,
      run: async (command, options) => {
        const completed = await inner.run(command, options);
        return Buffer.from(command).toString().includes("echo once") ? { ...completed, truncated: true } : completed;
      },
    };
    expect(statuses(await audit("asks-once", { shell }), "x")).toContain("failed");
  });
});

test("an audit whose shell opens late waits for it", async () => {
  const opening = Promise.withResolvers<Shell>();
  const audited = audit("vendored-by-path", { shell: opening.promise });
  await vi.waitFor(async () => expect(await readdir(workDir())).toHaveLength(1));
  opening.resolve(localShell());
  expect(await audited).toMatchObject({ exitCode: 0 });
});

describe("cancelling", () => {
  test("a signal ends an audit that runs", async () => {
    const controller = new AbortController();
    const ended = refusal("loops-in-run", { signal: controller.signal });
    await vi.waitFor(async () => expect(await readdir(workDir())).toHaveLength(1));
    controller.abort();
    expect(await ended).toMatchObject({ code: "cancelled" });
    expect(await readdir(workDir())).toEqual([]);
  });

  test("a signal that came before ends it at once", async () => {
    expect(await refusal("mixed", { signal: AbortSignal.abort() })).toMatchObject({ code: "cancelled" });
  });
});

test("a warm parent that dies is replaced, and the audits it had end as crashed and may be tried again", async () => {
  const log: string[] = [];
  const own = await startAuditor({ workDir: join(folder(), "o"), log: (line) => log.push(line) });
  const children = async () => (await readdir(join(folder(), "o"))).length;
  const ended = own.audit(job("loops-in-run")).catch(asScanError);
  await vi.waitFor(async () => expect(await children()).toBe(1));
  process.kill(await parentOf(join(folder(), "o")), "SIGKILL");
  expect(await ended).toMatchObject({ code: "auditor-crashed", retryable: true });
  expect(await own.audit(job("vendored-by-path"))).toMatchObject({ exitCode: 0 });
  expect(log.join("\n")).toMatch(/starting another/);
  await own.close();
});

test("closing ends what runs as cancelled, and nothing runs afterwards", async () => {
  const own = await startAuditor({ workDir: join(folder(), "c") });
  const ended = own.audit(job("loops-on-load")).catch(asScanError);
  await vi.waitFor(async () => expect(await readdir(join(folder(), "c"))).toHaveLength(1));
  await own.close();
  expect(await ended).toMatchObject({ code: "cancelled" });
  expect(await own.audit(job("mixed")).catch(asScanError)).toMatchObject({ code: "cancelled" });
});

test("a work folder too long for a socket is refused with its name", async () => {
  const workDir = join(folder(), "long".repeat(30));
  await expect(startAuditor({ workDir })).rejects.toThrow(/too long a path/);
});

test("a container is presented as one only on request, where cgroup v2 tells nothing", async () => {
  const cgroup = join(folder(), "cgroup");
  await writeFile(cgroup, "0::/\n");
  const hidden: Shell = {
    ...localShell(),
    run: (command, options) =>
      localShell().run(
        Buffer.from(command)
          .toString()
          .replaceAll(/\/\.docker\w+/g, "/none")
          .replaceAll("/proc/self/cgroup", cgroup),
        options,
      ),
  };
  expect(statuses(await audit("container-view", { shell: hidden }), "container")).toEqual(["failed"]);
  const presented = await audit("container-view", { shell: hidden, presentAsContainer: true });
  expect(statuses(presented, "container")).toEqual(["passed"]);
});

test("the engine is named for reports", () => {
  expect(auditor().engine).toEqual({ name: "inspec-core", version: "5.24.24" });
});

/** The Ruby process that was started with this folder as its home. */
async function parentOf(home: string): Promise<number> {
  const found: number[] = [];
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const environment = await readFile(`/proc/${pid}/environ`, "latin1").catch(() => "");
    const status = await readFile(`/proc/${pid}/status`, "latin1").catch(() => "");
    if (environment.includes(`HOME=${home}`) && status.includes(`PPid:\t${process.pid}\n`)) found.push(Number(pid));
  }
  const [first] = found;
  if (first === undefined) throw new Error(`no auditor at home in ${home}`);
  return first;
}
