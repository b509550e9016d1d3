import { setTimeout as sleep } from "node:timers/promises";
import { hopFailure } from "#cluster/hop.ts";
import { abortError, asScanError, ScanError } from "#contract/errors.ts";

const tries = 4;
const firstWaitMs = 250;
const longestWaitMs = 20_000;
const headersMs = 30_000;
const mostRedirects = 5;

export interface Ask {
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: URLSearchParams;
  readonly signal: AbortSignal;
}

/**
 * One request. Redirects lead to where a registry keeps its blobs; whoever is there gets no credentials and no form, and
 * https never becomes http. Trouble on the way is a ScanError that names the hop; every HTTP status is an answer.
 */
export async function request({ url, headers = {}, form, signal }: Ask): Promise<Response> {
  let at = url;
  for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
    const own = at.origin === url.origin ? headers : without(headers, "authorization");
    const answer = await once(
      at,
      { headers: own, redirect: "manual", ...(form && { method: "POST", body: form }) },
      signal,
    );
    const location = answer.headers.get("location");
    if (![301, 302, 303, 307, 308].includes(answer.status) || location === null) return answer;
    await answer.body?.cancel();
    const next = URL.parse(location, at.href);
    if (next === null || (at.protocol === "https:" && next.protocol !== "https:")) {
      throw new ScanError("tls", `${url.host} leads from https to ${next?.protocol ?? "nowhere"}`);
    }
    if (form !== undefined && next.origin !== at.origin) {
      throw new ScanError(
        "unauthenticated",
        `${url.host} leads whoever signs in to ${next.host}, and no secret goes there`,
      );
    }
    at = next;
  }
  throw new ScanError("connection-lost", `${url.host} leads from place to place without an end`, { retryable: false });
}

async function once(url: URL, init: RequestInit, signal: AbortSignal): Promise<Response> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new ScanError("timeout", `${url.host} did not answer in 30 s`)), headersMs);
  try {
    return await fetch(url, { ...init, signal: AbortSignal.any([signal, late.signal]) });
  } catch (error) {
    if (signal.aborted) throw abortError(signal, `reading from ${url.host}`);
    throw failure(error, url);
  } finally {
    clearTimeout(timer);
  }
}

/** fetch says "fetch failed" and has the reason as its cause. */
export function failure(error: unknown, url: URL): ScanError {
  if (error instanceof ScanError) return error;
  return hopFailure(error instanceof Error && error.cause !== undefined ? error.cause : error, { server: url });
}

/** Tries again what may pass by itself, after the wait that the other side asks for, or a jittered, doubling one. */
export async function patiently<T>(action: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await action();
    } catch (thrown) {
      const error = asScanError(thrown);
      const waitMs = Math.max(firstWaitMs * 2 ** (attempt - 1) * (0.5 + Math.random()), error.retryAfterMs ?? 0);
      if (attempt === tries || !error.retryable || error.code === "dns" || waitMs > longestWaitMs) throw error;
      await sleep(waitMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) throw abortError(signal, "waiting for the registry");
    }
  }
}

function without(headers: Readonly<Record<string, string>>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([key]) => key.toLowerCase() !== name));
}
