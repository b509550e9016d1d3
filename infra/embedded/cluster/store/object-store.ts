import { randomUUID } from "node:crypto";
import type { KubeObject } from "./objects.ts";
import type { Resource } from "./resources.ts";

export type ChangeType = "ADDED" | "MODIFIED" | "DELETED";

/** One change of one object. `revision` is the resourceVersion that the change got. */
export interface Change {
  readonly type: ChangeType;
  readonly resource: Resource;
  readonly object: KubeObject;
  readonly previous?: KubeObject;
  readonly revision: number;
}

/** How many changes a watch may look back before it is told 410 Gone. */
const HISTORY = 2_000;

/** Every object of the cluster, with one growing revision for all, as etcd has it. Objects are never changed in place. */
export class ObjectStore {
  #revision = 1_000;
  /** Watches may begin after this revision; older ones are compacted. */
  #compacted = 1_000;
  readonly #objects = new Map<string, KubeObject>();
  readonly #history: Change[] = [];
  readonly #listeners = new Set<(change: Change) => void>();

  get revision(): number {
    return this.#revision;
  }

  get compactedRevision(): number {
    return this.#compacted;
  }

  get(resource: Resource, namespace: string, name: string): KubeObject | undefined {
    return this.#objects.get(keyOf(resource, namespace, name));
  }

  /** Objects of one resource, of one namespace or of all (""), sorted by namespace and name as etcd's keys are. */
  list(resource: Resource, namespace: string): KubeObject[] {
    const prefix = namespace === "" ? `${resource.group}/${resource.plural}/` : keyOf(resource, namespace, "");
    return [...this.#objects.entries()]
      .filter(([key]) => key.startsWith(prefix))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, object]) => object);
  }

  /** The same list as it was at an earlier revision, by undoing what happened since: pages of one list belong together. */
  listAt(resource: Resource, namespace: string, revision: number): KubeObject[] {
    const objects = new Map(this.list(resource, namespace).map((object) => [idOf(object), object]));
    for (const change of this.#history.toReversed()) {
      if (change.revision <= revision) break;
      if (change.resource !== resource || (namespace !== "" && change.object.metadata.namespace !== namespace))
        continue;
      if (change.previous === undefined) objects.delete(idOf(change.object));
      else objects.set(idOf(change.object), change.previous);
    }
    return [...objects.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
  }

  /** Stores a new object with uid, creationTimestamp and resourceVersion. Undefined when the name is taken. */
  create(resource: Resource, object: KubeObject): KubeObject | undefined {
    const key = keyOf(resource, object.metadata.namespace ?? "", object.metadata.name);
    if (this.#objects.has(key)) return undefined;
    const metadata = {
      ...object.metadata,
      uid: object.metadata.uid ?? randomUUID(),
      creationTimestamp: object.metadata.creationTimestamp ?? new Date().toISOString().replace(/\.\d+Z$/, "Z"),
    };
    return this.#put(key, "ADDED", resource, { ...object, metadata });
  }

  /** Replaces an object by what `change` makes of it. Undefined when it is gone. */
  update<T extends KubeObject>(resource: Resource, object: T, change: (current: T) => T): T | undefined {
    const key = keyOf(resource, object.metadata.namespace ?? "", object.metadata.name);
    // The key's resource decides the shape of what is stored under it.
    const current = this.#objects.get(key) as T | undefined;
    if (current === undefined || current.metadata.uid !== object.metadata.uid) return undefined;
    const next = change(current);
    if (next === current) return current;
    return this.#put(key, "MODIFIED", resource, next, current);
  }

  delete(resource: Resource, object: KubeObject): KubeObject | undefined {
    const key = keyOf(resource, object.metadata.namespace ?? "", object.metadata.name);
    const current = this.#objects.get(key);
    if (current === undefined || current.metadata.uid !== object.metadata.uid) return undefined;
    return this.#put(key, "DELETED", resource, current, current);
  }

  /** Calls back for each change after `revision`, the remembered ones first. Gives the way to stop. */
  follow(revision: number, listener: (change: Change) => void): () => void {
    for (const change of this.#history) if (change.revision > revision) listener(change);
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Forgets the history, as etcd's compaction does: older watches and pages get 410 Gone. */
  compact(): void {
    this.#history.length = 0;
    this.#compacted = this.#revision;
  }

  #put<T extends KubeObject>(key: string, type: ChangeType, resource: Resource, object: T, previous?: KubeObject): T {
    this.#revision += 1;
    const stored: T = { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#revision) } };
    if (type === "DELETED") this.#objects.delete(key);
    else this.#objects.set(key, stored);
    const change: Change = {
      ...{ type, resource, object: stored, revision: this.#revision },
      ...(previous === undefined ? {} : { previous }),
    };
    this.#history.push(change);
    if (this.#history.length > HISTORY) this.#compacted = this.#history.shift()?.revision ?? this.#compacted;
    for (const listener of [...this.#listeners]) listener(change);
    return stored;
  }
}

/** `namespace/name`, which orders a list as etcd's keys do. */
export function idOf(object: KubeObject): string {
  return `${object.metadata.namespace ?? ""}/${object.metadata.name}`;
}

function keyOf(resource: Resource, namespace: string, name: string): string {
  return resource.namespaced
    ? `${resource.group}/${resource.plural}/${namespace}/${name}`
    : `${resource.group}/${resource.plural}/${name}`;
}
