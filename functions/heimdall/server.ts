import type { ReadSecret } from "#aws/secrets.ts";
import { ScanError } from "#contract/errors.ts";

/** A report as Heimdall keeps it. */
export interface Evaluation {
  readonly filename: string;
  readonly hdf: Uint8Array;
  readonly tags: readonly string[];
}

/** A Heimdall server, as far as uploads go. */
export interface HeimdallServer {
  upload(evaluation: Evaluation): Promise<void>;
}

export interface HeimdallOptions {
  /** `https://heimdall.example`, without a slash at its end. */
  readonly url: string;
  /** Whether everybody with an account there sees what is uploaded. */
  readonly isPublic: boolean;
  /** Name of the secret with the API key, and how to read it. */
  readonly keySecret: string;
  readonly secret: ReadSecret;
}

const deadlineMs = 30_000;

/**
 * Uploads by `POST /evaluations` with an API key (mitre/heimdall2, evaluations.controller.ts, apikey.strategy.ts). A key that
 * is refused is read anew once. What Heimdall says is told by its status alone: its text may quote what was sent.
 */
export function heimdallServer({ url, isPublic, keySecret, secret }: HeimdallOptions): HeimdallServer {
  async function post({ filename, hdf, tags }: Evaluation, fresh: boolean): Promise<number> {
    const form = new FormData();
    form.set("data", new Blob([Uint8Array.from(hdf)], { type: "application/json" }), filename);
    form.set("filename", filename);
    form.set("public", String(isPublic));
    form.set("evaluationTags", tags.join(","));
    const Authorization = `Api-Key ${(await secret(keySecret, fresh)).trim()}`;
    const signal = AbortSignal.timeout(deadlineMs);
    const answer = await fetch(`${url}/evaluations`, {
      ...{ method: "POST", body: form, headers: { Authorization }, redirect: "error", signal },
    }).catch((error: unknown) => {
      throw new ScanError("internal", `Heimdall at ${url} cannot be reached`, { cause: error, retryable: true });
    });
    await answer.body?.cancel();
    return answer.status;
  }
  return {
    async upload(evaluation) {
      let status = await post(evaluation, false);
      if (status === 401 || status === 403) status = await post(evaluation, true);
      if (status >= 200 && status < 300) return;
      const text = `Heimdall at ${url} answered ${status} to ${evaluation.filename}`;
      throw new ScanError("internal", text, { retryable: status >= 500 || status === 429 });
    },
  };
}
