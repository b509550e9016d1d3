import { ask } from "../api.ts";
import type { Connection } from "../connection.ts";
import { patiently } from "../retry.ts";
import { scanAccountsNamespace } from "./broker.ts";
import { removeObject } from "./mint.ts";
import { collections, expiryAnnotation, scanLabels } from "./scan-account.ts";

export interface SweepOptions {
  /** Where scans looked, and may have left roles and bindings. Undefined: all namespaces. */
  readonly namespaces?: readonly string[] | undefined;
  /** Namespace of the accounts. Default `muster-scans`. */
  readonly home?: string | undefined;
  /** Also takes what is older than this, whatever its expiry says. Default 24 hours. */
  readonly mostAgeMs?: number | undefined;
  /** Only tells what would go. */
  readonly dryRun?: boolean | undefined;
  readonly now?: () => number;
  readonly signal?: AbortSignal;
}

/** One object that a scan left behind. */
export interface Leftover {
  readonly kind: "ServiceAccount" | "RoleBinding" | "Role";
  readonly namespace: string;
  readonly name: string;
  readonly expiredAt: string | null;
}

export interface Swept {
  readonly removed: readonly Leftover[];
  /** Objects of scans that may still run. */
  readonly kept: number;
}

const dayMs = 24 * 60 * 60 * 1000;
/** The machine that wrote the expiry may have had another clock. */
const graceMs = 60_000;
const pageSize = "250";

/**
 * Deletes what killed scans left of their credentials: accounts first, which ends their tokens, then bindings and roles.
 * Takes only what carries the labels of a scan credential and has expired, or is too old.
 */
export async function sweepCredentials(connection: Connection, options: SweepOptions = {}): Promise<Swept> {
  const { namespaces = [undefined], home = scanAccountsNamespace } = options;
  const places = [
    { kind: "ServiceAccount", path: collections.accounts(home), at: collections.accounts },
    ...namespaces.map(
      (each) => ({ kind: "RoleBinding", path: collections.bindings(each), at: collections.bindings }) as const,
    ),
    ...namespaces.map((each) => ({ kind: "Role", path: collections.roles(each), at: collections.roles }) as const),
  ] as const;
  const removed: Leftover[] = [];
  let kept = 0;
  for (const { kind, path, at } of places) {
    for (const { metadata } of await list(connection, path, options.signal)) {
      if (!isOver(metadata, options)) {
        kept += 1;
        continue;
      }
      const { name, namespace } = metadata;
      if (!options.dryRun) await removeObject(connection, `${at(namespace)}/${name}`, options.signal);
      removed.push({ kind, namespace, name, expiredAt: metadata.annotations?.[expiryAnnotation] ?? null });
    }
  }
  return { removed, kept };
}

interface Listed {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly creationTimestamp?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

async function list(connection: Connection, path: string, signal: AbortSignal | undefined): Promise<readonly Listed[]> {
  const labelSelector = Object.entries(scanLabels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
  const found: Listed[] = [];
  let resume: string | undefined;
  do {
    const query = { labelSelector, limit: pageSize, continue: resume };
    const request = { path, query, what: `list ${path} that scans left behind`, signal };
    // The API server's own list schema.
    const page = (await patiently(() => ask(connection, request), signal)) as {
      readonly items?: readonly Listed[];
      readonly metadata?: { readonly continue?: string };
    };
    found.push(...(page.items ?? []));
    resume = page.metadata?.continue || undefined;
  } while (resume !== undefined);
  return found;
}

function isOver({ annotations, creationTimestamp }: Listed["metadata"], options: SweepOptions): boolean {
  const now = (options.now ?? Date.now)();
  const expiry = Date.parse(annotations?.[expiryAnnotation] ?? "");
  const age = now - Date.parse(creationTimestamp ?? "");
  return expiry + graceMs < now || age > (options.mostAgeMs ?? dayMs);
}
