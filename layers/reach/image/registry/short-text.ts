import { ScanError } from "#contract/errors.ts";

const longestMs = 30_000;

/**
 * The beginning of an answer's text; what is over `mostBytes` never comes, since a registry chooses how much it says, and
 * how slowly. Throws what the network says, and `timeout` after half a minute.
 */
export async function shortText(answer: Response, mostBytes: number): Promise<string> {
  if (answer.body === null) return "";
  const reader = answer.body.getReader();
  const stop = () => void reader.cancel().catch(() => undefined); // ends the read as if all had come
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    stop();
  }, longestMs);
  const chunks: Uint8Array[] = [];
  try {
    for (let length = 0; length < mostBytes; ) {
      const { done, value } = await reader.read();
      if (isLate) throw new ScanError("timeout", `an answer did not end in ${longestMs / 1000} s`);
      if (done) break;
      length += value.length;
      chunks.push(value);
    }
    return Buffer.concat(chunks).subarray(0, mostBytes).toString("utf8");
  } finally {
    clearTimeout(timer);
    stop();
  }
}
