import { execFile } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundleExecutor } from "../../../infra/image/bundle-executor.ts";
import { stageContext } from "../../../infra/image/stage.ts";

const folder = mkdtempSync(join(tmpdir(), "muster-stage-"));
const run = promisify(execFile);
const context = join(folder, "context");
const lies = (path: string, mode = 0o600) => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), "");
  chmodSync(join(folder, path), mode);
};

beforeAll(async () => {
  const gem = "gems/ruby/3.1.0/gems/one-1.0";
  for (const path of ["lib/one.rb", "lib/test/kept.rb", "spec/one_spec.rb", "ext/one.c"]) lies(`${gem}/${path}`);
  for (const kind of ["specifications", "extensions", "cache"]) lies(`gems/ruby/3.1.0/${kind}/one-1.0.gemspec`);
  lies("runtime/index.mjs");
  lies("node", 0o700);
  const { code } = await bundleExecutor();
  const gems = join(folder, "gems");
  stageContext(context, { code, node: join(folder, "node"), runtime: join(folder, "runtime"), auditor: "cinc", gems });
});
afterAll(() => rmSync(folder, { recursive: true }));

const staged = () =>
  readdirSync(context, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(context.length + 1));
const dockerfile = () => readFileSync(join(context, "Dockerfile"), "utf8");

describe("the folder that the image is built from", () => {
  it("has all that the Dockerfile copies, and nothing that it does not", () => {
    const copied = [...dockerfile().matchAll(/^COPY (?:--\S+ )?(\S+) /gm)].map(([, from = ""]) => from.split("/")[0]);
    expect(readdirSync(context).sort()).toEqual(["Dockerfile", ...new Set(copied)].sort());
  });

  it("has no source, no test and no build of anything", () => {
    const strange = /\.ts$|(^|\/)(cdk\.out|node_modules|spec|ext|cache)\/|install\.sh$|^task\/test/;
    expect(staged().filter((path) => strange.test(path))).toEqual([]);
    expect(staged().filter((path) => path.startsWith("auditors/"))).toEqual(
      expect.arrayContaining(["auditors/cinc/ruby/3.1.0/gems/one-1.0/lib/test/kept.rb"]),
    );
  });

  it("can be read by every user, whatever the umask of whoever staged it", () => {
    const modes = new Set(staged().map((path) => statSync(join(context, path)).mode & 0o777));
    expect([...modes].sort()).toEqual([0o644, 0o755]);
  });

  it("has the handler where the Dockerfile's command looks for it, which finds every script that it reads", async () => {
    const [, handler = ""] = /^CMD \["(\S+)\.handler"\]$/m.exec(dockerfile()) ?? [];
    const script = `const { handler } = await import(process.argv[1]);
      process.stdout.write(typeof handler, () => process.exit());`;
    const named = { DEPLOYMENT: "d", EVIDENCE_BUCKET: "e", PUBLISHED_BUCKET: "p" };
    const variables = { ...named, MOST_RECEIVES: "8", SIGNING_KEY: "arn:aws:kms:us-east-1:1:key/k" };
    const env = { ...variables, QUEUE_URL_BASE: "https://sqs.test/1", AWS_REGION: "us-east-1", TMPDIR: folder };
    const words = ["--input-type=module", "-e", script, join(context, "task", `${handler}.mjs`)];
    expect((await run(process.execPath, words, { env })).stdout).toContain("function");
    expect(existsSync(join(context, "task/layers/auditor/main.rb"))).toBe(true);
  });
});
