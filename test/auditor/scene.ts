import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll } from "vitest";
import { type Auditor, startAuditor } from "#audit/auditor.ts";
import type { Audited, AuditJob } from "#audit/job.ts";
import { ScanError } from "#contract/errors.ts";
import { localShell } from "#test/support/local-shell.ts";

/** The folder of a fixture profile. */
export const profile = (name: string) => fileURLToPath(new URL(`profiles/${name}`, import.meta.url));

/** A job against this machine; what is not given does not matter to the test. */
export function job(name: string, more: Partial<AuditJob> = {}): AuditJob {
  return {
    shell: localShell(),
    profile: profile(name),
    identity: { uri: "muster://test/ns/pod/container", uniqueId: "the-unique-id" },
    olderAuditor: false,
    presentAsContainer: false,
    deadlineMs: 60_000,
    ...more,
  };
}

/** One warm auditor for the tests of a file, and a folder that goes with it. */
export function scene() {
  let folder = "";
  let auditor: Auditor | undefined;
  const log: string[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "ma-"));
    auditor = await startAuditor({ workDir: join(folder, "w"), log: (line) => log.push(line) });
  });
  afterAll(async () => {
    await auditor?.close();
    await rm(folder, { recursive: true, force: true });
  });
  const running = () => {
    if (auditor === undefined) throw new Error("the auditor is not there yet");
    return auditor;
  };
  return {
    log,
    auditor: running,
    folder: () => folder,
    workDir: () => join(folder, "w"),
    audit: (name: string, more: Partial<AuditJob> = {}) => running().audit(job(name, more)),
    /** The ScanError that the audit ends with. */
    async refusal(name: string, more: Partial<AuditJob> = {}): Promise<ScanError> {
      const thrown: unknown = await running()
        .audit(job(name, more))
        .then(
          () => undefined,
          (error: unknown) => error,
        );
      if (thrown instanceof ScanError) return thrown;
      throw new Error(`${name} ended without a ScanError`, { cause: thrown });
    },
  };
}

interface Result {
  readonly status: string;
  readonly code_desc: string;
  readonly message?: string;
}
interface Control {
  readonly id: string;
  readonly title: string | null;
  readonly results: readonly Result[];
  readonly waiver_data: Readonly<Record<string, unknown>>;
}
interface Report {
  readonly platform: { readonly name: string; readonly release: string; readonly target_id: string };
  readonly profiles: readonly { readonly name: string; readonly controls: readonly Control[] }[];
  readonly passthrough?: unknown;
}

/** The report as JSON. */
export function reportOf({ hdf }: Pick<Audited, "hdf">): Report {
  return JSON.parse(Buffer.from(hdf).toString("utf8"));
}

/** Every control of the report by its id. */
export function controlsOf(audited: Pick<Audited, "hdf">): Map<string, Control> {
  return new Map(
    reportOf(audited).profiles.flatMap(({ controls }) => controls.map((control) => [control.id, control])),
  );
}

/** The statuses of one control's results. */
export const statuses = (audited: Pick<Audited, "hdf">, id: string) =>
  controlsOf(audited)
    .get(id)
    ?.results.map(({ status }) => status);
