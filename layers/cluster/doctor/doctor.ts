import { ScanError } from "#contract/errors.ts";
import type { ReasonCode } from "#contract/reasons.ts";
import { type Target, targetName } from "#contract/target.ts";
import type { Connection } from "../connection.ts";
import { credentialsOf, describe } from "./credentials.ts";
import { chooseContainer, tryUpgrade, type Where } from "./enter.ts";
import { type Hop, HopFault, type HopReport, Walk, WalkEnded } from "./hops.ts";
import { walkNetwork } from "./network.ts";
import { inWords, missingFault, type Permission, permissionsFor, versionOf } from "./permissions.ts";
import { clockWarnings, credentialWarnings, permissionWarnings, serverWarnings } from "./warnings.ts";
import { type Identity, whoami } from "./whoami.ts";

export interface DoctorOptions extends Where {
  /** Opens a shell as a scan would. Without it the walk ends after authorisation. */
  readonly openShell?: (
    connection: Connection,
    target: Target,
    options: { readonly signal: AbortSignal },
  ) => Promise<Closable>;
  /** Gets each hop's report as it is written. */
  readonly onHop?: (report: HopReport) => void;
  readonly now?: () => number;
  readonly signal?: AbortSignal;
}

interface Closable {
  close(): Promise<void>;
}

/** The whole walk: every hop in order, and the first that failed. */
export interface Diagnosis {
  readonly cluster: string;
  readonly server: string;
  readonly proxy: string | null;
  /** Every hop was tried, or is not needed, and passed. */
  readonly healthy: boolean;
  readonly fault: Fault | null;
  readonly hops: readonly HopReport[];
  readonly warnings: readonly string[];
  readonly serverVersion: string | null;
  readonly identity: Identity | null;
  readonly permissions: readonly Permission[];
  /** The container that was entered: `cluster/namespace/pod/container`. */
  readonly target: string | null;
}

interface Fault {
  readonly hop: Hop;
  readonly reason: ReasonCode;
  readonly message: string;
  readonly advice: string;
}

/** To a verdict on an address where nobody answers. */
const networkMs = 9_000;
const credentialsMs = 5_000;
const apiMs = 5_000;
const enterMs = 10_000;

/**
 * Walks from here into a container, hop by hop, and stops at the first that fails: why, and what to change. Looks only;
 * its one trace is an exec of a shell that ends at once. Never throws for what it finds.
 */
export async function examine(connection: Connection, options: DoctorOptions): Promise<Diagnosis> {
  const walk = new Walk(options.onHop ?? (() => undefined), options.signal);
  const seen: Seen = { warnings: [], permissions: [] };
  try {
    await walkAll(walk, connection, options, seen);
  } catch (error) {
    if (!(error instanceof WalkEnded)) throw error;
  }
  walk.close();
  const failed = walk.reports.find(({ state }) => state === "failed");
  return {
    cluster: connection.cluster,
    server: connection.server.origin,
    proxy: connection.proxy?.host ?? null,
    healthy: walk.reports.every(({ state }) => state === "passed" || state === "not-needed"),
    fault: failed?.reason
      ? { hop: failed.hop, reason: failed.reason, message: failed.found, advice: failed.advice ?? "" }
      : null,
    hops: walk.reports,
    warnings: seen.warnings,
    serverVersion: seen.serverVersion ?? null,
    identity: seen.identity ?? null,
    permissions: seen.permissions,
    target: seen.target === undefined ? null : targetName(seen.target),
  };
}

/** The fault as the error that a scan of this cluster ends with; undefined for a way that is open. */
export function faultOf({ fault }: Diagnosis): ScanError | undefined {
  return fault === null ? undefined : new ScanError(fault.reason, `${fault.hop}: ${fault.message}. ${fault.advice}`);
}

interface Seen {
  warnings: string[];
  permissions: readonly Permission[];
  serverVersion?: string | undefined;
  identity?: Identity;
  target?: Target;
}

async function walkAll(walk: Walk, connection: Connection, options: DoctorOptions, seen: Seen): Promise<void> {
  const now = options.now ?? Date.now;
  const end = performance.now() + networkMs;
  const limit = (mostMs: number) => Math.max(250, Math.min(mostMs, end - performance.now()));
  const host = connection.server.host;
  const credentials = await walk.take("credentials", {
    limitMs: credentialsMs,
    late: (seconds) => slow("unauthenticated", `the credential plugin gave nothing within ${seconds} s`),
    act: () => credentialsOf(connection),
    found: (value) => describe(value, now()),
  });
  seen.warnings.push(...credentialWarnings(credentials, now()));
  const { secured, answer, warnings } = await walkNetwork(walk, connection, credentials, now, limit);
  seen.warnings.push(...warnings, ...serverWarnings(secured, now()), ...clockWarnings(answer.skewMs));
  seen.serverVersion = answer.serverVersion;
  seen.identity = await walk.take("authentication", {
    limitMs: apiMs,
    late: (seconds) => slow("timeout", `${host} did not say within ${seconds} s who we are`),
    act: (signal) => whoami(connection, credentials, now(), signal),
    found: ({ username, confirmed }) =>
      `${username}${confirmed ? "" : " (accepted; the name as the credential tells it)"}`,
  });
  await walk.take("authorisation", {
    limitMs: apiMs,
    late: (seconds) => slow("timeout", `${host} did not answer the access reviews within ${seconds} s`),
    async act(signal) {
      seen.serverVersion ??= await versionOf(connection, signal);
      seen.permissions = await permissionsFor(connection, options, seen.serverVersion, signal);
      const fault = missingFault(seen.permissions, options);
      if (fault !== undefined) throw fault;
    },
    found: () => `${inWords(options)}: ${held(seen.permissions)}`,
  });
  seen.warnings.push(...permissionWarnings(seen.permissions));
  if (options.openShell !== undefined) await enter(walk, connection, options, options.openShell, seen);
}

async function enter(
  walk: Walk,
  connection: Connection,
  where: Where,
  openShell: NonNullable<DoctorOptions["openShell"]>,
  seen: Seen,
): Promise<void> {
  const { target } = await walk.take("exec", {
    limitMs: enterMs,
    late: (seconds) => slow("timeout", `${connection.server.host} did not upgrade the exec within ${seconds} s`),
    async act(signal) {
      const target = await chooseContainer(connection, where, signal);
      seen.target = target;
      return { target, protocol: await tryUpgrade(connection, target, signal) };
    },
    found: ({ target, protocol }) => `${targetName(target)}: ${protocol}`,
  });
  await walk.take("shell", {
    limitMs: enterMs,
    late: (seconds) => slow("timeout", `${targetName(target)}: no shell answered within ${seconds} s`),
    act: async (signal) => (await openShell(connection, target, { signal })).close(),
    found: () => "a shell answers",
  });
}

const held = (permissions: readonly Permission[]) =>
  permissions
    .filter(({ allowed }) => allowed)
    .map(({ verb, resource }) => `${verb} ${resource}`)
    .join(", ") || "not known, as access reviews are refused; the next hops show it";

const slow = (code: ReasonCode, message: string) => new HopFault(code, message);
