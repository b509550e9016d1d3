import { Command } from "commander";
import { HexId } from "#contract/names.ts";
import { cancelScan } from "#ledger/cancel.ts";
import { orExplain } from "../failure.ts";
import { must } from "../must.ts";
import { remoteFrom } from "../remote-from.ts";

interface Flags {
  readonly evidence: string;
  readonly endpoint?: string;
  readonly region?: string;
  readonly json?: true;
}

const inWords = {
  cancelled: "is cancelled: what has no outcome yet ends as cancelled",
  "cancelled-before": "was cancelled before",
  complete: "is complete, nothing was left to cancel",
} as const;

/** `muster cancel`: a deployment's executors stop what runs of a scan and begin nothing more of it. */
export function cancelCommand(): Command {
  return new Command("cancel")
    .description("cancel a scan of a deployment; outcomes that are written stay")
    .argument("<scan>", "the scan's id")
    .requiredOption("--evidence <bucket>", "the evidence bucket")
    .option("--endpoint <url>", "instead of AWS")
    .option("--region <name>", "AWS region (default: as the AWS SDK finds it)")
    .option("--json", "one JSON document on stdout")
    .action((scan: string, flags: Flags) => orExplain(flags.json ?? false, () => cancel(scan, flags)));
}

async function cancel(scan: string, flags: Flags): Promise<number> {
  const scanId = must(HexId, "scan", scan);
  const aws = remoteFrom(flags);
  try {
    const state = await cancelScan(aws.bucket(flags.evidence), scanId, () => new Date());
    process.stdout.write(flags.json ? `${JSON.stringify({ scanId, state })}\n` : `${scanId} ${inWords[state]}\n`);
    return 0;
  } finally {
    aws.close();
  }
}
