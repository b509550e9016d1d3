import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { abortError, ScanError } from "#contract/errors.ts";
import { type ApiRequest, ask } from "../api.ts";
import type { Connection } from "../connection.ts";
import { patiently } from "../retry.ts";
import { refusedWith } from "../status.ts";
import { isAllowed } from "./access-review.ts";
import { scanAccountsNamespace } from "./broker.ts";
import { accountObject, bindingObject, roleObject } from "./objects.ts";
import { getExec } from "./rights.ts";
import { rulesFor } from "./rules.ts";
import { collections, expiryAnnotation, type ScanAccount, scanLabels } from "./scan-account.ts";

export interface MintOptions {
  /** Namespace of the pods. */
  readonly namespace: string;
  /** The pods that may be scanned, and no others. */
  readonly pods: readonly string[];
  /** How long the scan may take. */
  readonly deadlineMs: number;
  readonly toolbox?: boolean;
  /** Namespace of the accounts. Default `muster-scans`. */
  readonly home?: string;
  readonly now?: () => number;
  readonly signal?: AbortSignal;
}

/** A credential that can scan these pods until it expires or is revoked. */
export interface ScanCredential {
  readonly account: ScanAccount;
  readonly token: string;
  readonly expiresAt: Date;
  /** The broker's way to the server, as this account. */
  readonly connection: Connection;
  /** Deletes account, binding and role; the token is refused from then on. Safe to call again. */
  revoke(): Promise<void>;
}

/** The TokenRequest API takes no shorter one. */
const shortestSeconds = 600;
/** Over the deadline: for the last look at the pod, and the report. */
const reserveSeconds = 60;
const effectiveTries = 50;
const effectiveEveryMs = 100;

/**
 * Makes the credential of one scan with a broker's identity: a ServiceAccount, a Role for exactly these pods, a
 * RoleBinding, and a token (TokenRequest, authentication.k8s.io/v1) that outlives the deadline. What was made is deleted
 * again when a step fails. `forbidden` names what the broker lacks.
 */
export async function mintScanCredential(connection: Connection, options: MintOptions): Promise<ScanCredential> {
  if (options.pods.length === 0) {
    // An empty resourceNames would mean every pod.
    throw new ScanError("bad-request", "a scan credential names at least one pod");
  }
  const seconds = Math.max(shortestSeconds, Math.ceil(options.deadlineMs / 1000) + reserveSeconds);
  const expiry = new Date((options.now ?? Date.now)() + seconds * 1000);
  const name = `muster-scan-${randomBytes(8).toString("hex")}`;
  const account = { name, home: options.home ?? scanAccountsNamespace, namespace: options.namespace };
  const revoke = () => remove(connection, account);
  try {
    const { token, expiresAt } = await make(connection, account, options, seconds, expiry);
    const own = connection.as(token);
    await untilEffective(own, options);
    return { account, token, expiresAt, connection: own, revoke };
  } catch (error) {
    await revoke().catch(() => undefined); // the sweeper's part, and the first error is the one that explains
    throw error;
  }
}

async function make(
  connection: Connection,
  { name, home, namespace }: ScanAccount,
  { pods, toolbox = false, signal }: MintOptions,
  seconds: number,
  expiry: Date,
): Promise<{ readonly token: string; readonly expiresAt: Date }> {
  const marks = { labels: scanLabels, annotations: { [expiryAnnotation]: expiry.toISOString() } };
  const post = (path: string, body: { readonly metadata?: object; readonly [field: string]: unknown }, what: string) =>
    broker(connection, { path, method: "POST", body, what, signal });
  const rules = rulesFor({ namespace, pods, lists: false }, { create: true, toolbox });
  const role = { name, namespace, ...marks };
  const subject = { kind: "ServiceAccount", name, namespace: home } as const;
  const steps = await Promise.allSettled([
    post(collections.roles(namespace), roleObject(role, rules), `make a role in ${namespace}`).then(() =>
      post(collections.bindings(namespace), bindingObject(role, subject), `bind a role in ${namespace}`),
    ),
    post(
      collections.accounts(home),
      accountObject({ name, namespace: home, ...marks }),
      `make an account in ${home}`,
    ).then(() => {
      const spec = { expirationSeconds: seconds };
      const path = `${collections.accounts(home)}/${name}/token`;
      const body = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec };
      return post(path, body, `ask for a token in ${home}`);
    }),
  ]);
  for (const step of steps) if (step.status === "rejected") throw step.reason;
  const answer = steps[1].status === "fulfilled" ? steps[1].value : undefined;
  const { token, expirationTimestamp = "" } =
    (answer as { status?: { token?: string; expirationTimestamp?: string } }).status ?? {}; // TokenRequest's own schema
  if (token === undefined) throw new ScanError("exec-refused", `ask for a token in ${home}: the answer holds none`);
  return { token, expiresAt: new Date(expirationTimestamp) };
}

/** API servers learn of roles and bindings by watching: the first moments of a credential may still be refused. */
async function untilEffective(own: Connection, { namespace, pods, signal }: MintOptions): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    if (await isAllowed(own, getExec, { namespace, name: pods[0] }, { signal }).catch(not401)) return;
    if (attempt === effectiveTries) {
      const waited = (effectiveTries * effectiveEveryMs) / 1000;
      throw new ScanError(
        "forbidden",
        `the scan's own role in ${namespace} does not hold ${waited} s after it was made`,
      );
    }
    await sleep(effectiveEveryMs, undefined, { signal }).catch(() => undefined);
    if (signal?.aborted) throw abortError(signal, "waiting for the scan's role");
  }
}

function not401(error: unknown): boolean {
  if (refusedWith(error) === 401) return false;
  throw error;
}

async function remove(connection: Connection, { name, home, namespace }: ScanAccount): Promise<void> {
  const gone = (path: string) => removeObject(connection, `${path}/${name}`);
  // The account goes first, alone: with it the token ends, whatever becomes of the rest.
  await gone(collections.accounts(home));
  await Promise.all([gone(collections.bindings(namespace)), gone(collections.roles(namespace))]);
}

/** Deletes one object; gives false when it was not there. */
export async function removeObject(connection: Connection, path: string, signal?: AbortSignal): Promise<boolean> {
  try {
    await broker(connection, { path, method: "DELETE", what: `delete ${path}`, signal });
    return true;
  } catch (error) {
    if (refusedWith(error) === 404) return false;
    throw error;
  }
}

async function broker(connection: Connection, request: ApiRequest): Promise<unknown> {
  try {
    return await patiently(() => ask(connection, request), request.signal);
  } catch (error) {
    if (!(error instanceof ScanError) || error.code !== "forbidden") throw error;
    const text = `${error.message}; \`muster grant --broker\` prints the role that the broker needs`;
    throw new ScanError("forbidden", text, { cause: error.cause });
  }
}
