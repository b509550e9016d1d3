// Runs fixture profiles one after another as the user that it was started as, and prints what became of each, as JSON.
import { mkdtemp, readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startAuditor } from "#audit/auditor.ts";
import { asScanError } from "#contract/errors.ts";
import { localShell } from "#test/support/local-shell.ts";

const [profiles = "", ...names] = process.argv.slice(2);
const workDir = await mkdtemp(join(tmpdir(), "mn-"));
const auditor = await startAuditor({ workDir });
const outcomes: Record<string, unknown> = {};
for (const name of names) {
  const ended = await auditor
    .audit({
      shell: localShell(),
      profile: join(profiles, name),
      identity: { uri: "muster://nobody", uniqueId: "nobody" },
      inputs: { port: 9, node: process.pid },
      olderAuditor: false,
      presentAsContainer: false,
      deadlineMs: 3_000,
    })
    .catch(asScanError);
  outcomes[name] = "code" in ended ? ended.code : ended.exitCode;
  if (name === "looks-around" && "hdf" in ended) outcomes.report = Buffer.from(ended.hdf).toString();
}
const left = await ownProcesses();
await auditor.close();
console.log(JSON.stringify({ outcomes, left, after: await ownProcesses() }));

/** Commands of all processes of this user but this one. */
async function ownProcesses(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)) {
    const status = await readFile(`/proc/${pid}/status`, "latin1").catch(() => "");
    if (!new RegExp(`^Uid:\\t${process.getuid?.()}\\t`, "m").test(status)) continue;
    found.push(/^Name:\t(.*)$/m.exec(status)?.[1] ?? "");
  }
  return found;
}
