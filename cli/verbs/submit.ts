import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { Command } from "commander";
import type { Remote } from "#aws/remote.ts";
import { ScanError } from "#contract/errors.ts";
import { faultsAsText, faultsOf } from "#contract/faults.ts";
import { scanIdOf } from "#contract/ids.ts";
import { HexId } from "#contract/names.ts";
import { maxRequestBytes, ScanRequest } from "#contract/request.ts";
import { retryOf } from "#ledger/retry.ts";
import { orExplain } from "../failure.ts";
import { must } from "../must.ts";
import { queueUrl, remoteFrom } from "../remote-from.ts";

interface Flags {
  readonly queue: string;
  readonly retry?: string;
  readonly evidence?: string;
  readonly published?: string;
  readonly endpoint?: string;
  readonly region?: string;
  readonly json?: true;
}

/** `muster submit`: puts a request on the request queue of a deployment, as any other system may. */
export function submitCommand(): Command {
  return new Command("submit")
    .description("send a scan request to a deployment; gives the scan's id")
    .argument("[file]", "the request as JSON, or - for stdin")
    .requiredOption("--queue <url>", "URL of the request queue")
    .option("--retry <scan>", "instead of a file: a new scan of what has no verdict in this one")
    .option("--evidence <bucket>", "with --retry: the evidence bucket, which holds that scan")
    .option("--published <bucket>", "with --retry: the published bucket, for lists of more than 20 pods")
    .option("--endpoint <url>", "instead of AWS")
    .option("--region <name>", "AWS region (default: as the AWS SDK finds it)")
    .option("--json", "one JSON document on stdout")
    .action((file: string | undefined, flags: Flags) => orExplain(flags.json ?? false, () => submit(file, flags)));
}

async function submit(file: string | undefined, flags: Flags): Promise<number> {
  if ((file === undefined) === (flags.retry === undefined)) {
    throw new ScanError("bad-request", "say what to scan: either a file (or -) or --retry SCAN");
  }
  const queue = queueUrl(flags.queue);
  const aws = remoteFrom(flags);
  try {
    const requests = file === undefined ? await retry(flags, aws) : [await readRequest(file)];
    const scans: string[] = [];
    for (const request of requests) {
      scans.push(scanIdOf(request, await aws.send(queue, JSON.stringify(request))));
    }
    process.stdout.write(flags.json ? `${JSON.stringify({ scans })}\n` : scans.map((scan) => `${scan}\n`).join(""));
    return 0;
  } finally {
    aws.close();
  }
}

/** Every fault is named here and now: the dispatcher would only write them into a bucket. */
async function readRequest(file: string): Promise<ScanRequest> {
  let value: unknown;
  let body: string;
  try {
    body = file === "-" ? await text(process.stdin) : readFileSync(file, "utf8");
    value = JSON.parse(body);
  } catch (error) {
    const why = error instanceof SyntaxError ? "is not JSON" : "cannot be read";
    throw new ScanError("bad-request", `${file === "-" ? "stdin" : file} ${why}`, { cause: error });
  }
  const parsed = ScanRequest.safeParse(value);
  if (!parsed.success) throw new ScanError("bad-request", faultsAsText(faultsOf(parsed.error)));
  const bytes = Buffer.byteLength(JSON.stringify(parsed.data));
  if (bytes > maxRequestBytes) {
    throw new ScanError("bad-request", `the request has ${bytes} bytes, ${maxRequestBytes} are allowed: see podsFrom`);
  }
  return parsed.data;
}

async function retry({ retry: given = "", evidence, published }: Flags, aws: Remote): Promise<readonly ScanRequest[]> {
  if (evidence === undefined) throw new ScanError("bad-request", "--retry needs --evidence BUCKET");
  const scanId = must(HexId, "--retry", given);
  const { requests, lists, count } = await retryOf(aws.bucket(evidence), scanId);
  if (lists.length > 0 && published === undefined) {
    throw new ScanError(
      "bad-request",
      `${count} targets have no verdict: --retry needs --published BUCKET for so many`,
    );
  }
  for (const { key, bytes } of lists) {
    await aws.bucket(published ?? "").create(key, bytes, { contentType: "application/json" });
  }
  process.stderr.write(`${count} without a verdict in ${scanId}\n`);
  return requests;
}
