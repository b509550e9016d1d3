import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { type Run, runMuster } from "./run-muster.ts";

const Up = z.looseObject({
  url: z.string(),
  environment: z.record(z.string(), z.string()),
  requestQueueUrl: z.string(),
  pid: z.number(),
});

/** A running `muster aws up`, and Debian's awscli as whoever it told its environment to. */
export interface AwsUp extends z.infer<typeof Up> {
  readonly store: string;
  /** Runs `/usr/bin/aws` with `environment` over the one that was printed. */
  awscli(words: readonly string[], environment?: Readonly<Record<string, string>>): Promise<Run>;
  /** The same for calls that have to work: what they printed, as JSON. */
  ask(...words: readonly string[]): Promise<unknown>;
  down(): Promise<void>;
}

export const newStore = () => mkdtempSync(join(tmpdir(), "muster-store-"));

/** Starts it on a free port; `words` are further ones of its command line. */
export async function awsUp(store = newStore(), ...words: readonly string[]): Promise<AwsUp> {
  const run = await runMuster(["aws", "up", "--json", "--port", "0", "--out", store, ...words]);
  if (run.code !== 0) throw new Error(`muster aws up ended with ${run.code}: ${run.stderr}`);
  const up = Up.parse(JSON.parse(run.stdout));

  function awscli(more: readonly string[], environment = {}): Promise<Run> {
    // Debian's awscli is older than AWS_ENDPOINT_URL. Another `aws` may be first on the PATH.
    const all = ["--endpoint-url", up.url, "--output", "json", ...more];
    const env = { HOME: store, PATH: "/usr/bin:/bin", ...up.environment, ...environment };
    return new Promise((resolve, reject) => {
      execFile("/usr/bin/aws", all, { cwd: store, env }, (error, stdout, stderr) => {
        if (error !== null && typeof error.code !== "number") reject(error);
        else resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
      });
    });
  }

  return {
    ...up,
    store,
    awscli,
    async ask(...more) {
      const { code, stdout, stderr } = await awscli(more);
      if (code !== 0) throw new Error(`aws ${more.join(" ")} ended with ${code}: ${stderr}`);
      return stdout === "" ? undefined : JSON.parse(stdout);
    },
    async down() {
      await runMuster(["aws", "down", "--out", store]);
      rmSync(store, { recursive: true, force: true });
    },
  };
}
