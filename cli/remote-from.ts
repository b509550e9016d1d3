import * as z from "zod";
import { type Remote, type RemoteOptions, remote } from "#aws/remote.ts";
import { must } from "./must.ts";

const url = z.url({ protocol: /^https?$/, error: "must be a URL, http(s)://…" });

/** The deployment that `--endpoint` and `--region` lead to. Nothing is sent yet. */
export function remoteFrom({ endpoint, region }: RemoteOptions): Remote {
  if (endpoint !== undefined) must(url, "--endpoint", endpoint);
  return remote({ endpoint, region });
}

/** A queue's URL, as the stack prints it. */
export const queueUrl = (given: string): string => must(url, "--queue", given);
