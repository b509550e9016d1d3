import type { KubeObject } from "./objects.ts";

export type Predicate = (object: KubeObject) => boolean;

/** A selector that cannot be read or names an unknown field. The API answers it with 400 and this message. */
export class SelectorError extends Error {}

/** Label selectors: `a=b`, `a==b`, `a!=b`, `a in (x,y)`, `a notin (x,y)`, `a`, `!a`, joined by commas (labels.Parse). */
export function labelSelector(text: string): Predicate {
  const requirements = splitOutsideBrackets(text).map(labelRequirement);
  return (object) => requirements.every((holds) => holds(object.metadata.labels ?? {}));
}

/** Field selectors `field=value`, `field!=value` over the fields that the resource supports. */
export function fieldSelector(text: string, kind: string): Predicate {
  const requirements = splitOutsideBrackets(text).map((term) => {
    const match = /^([^!=]+)(!=|==|=)(.*)$/.exec(term);
    if (match === null) throw new SelectorError(`invalid selector: '${term}'; can't understand '${term}'`);
    const [, field = "", operator, value = ""] = match;
    const read = FIELDS[kind]?.[field] ?? COMMON_FIELDS[field];
    if (read === undefined) throw new SelectorError(`field label not supported: ${field}`);
    return (object: KubeObject): boolean => (read(object) === value) === (operator !== "!=");
  });
  return (object) => requirements.every((holds) => holds(object));
}

type Read = (object: KubeObject) => string;

const COMMON_FIELDS: Readonly<Record<string, Read>> = {
  "metadata.name": (object) => object.metadata.name,
  "metadata.namespace": (object) => object.metadata.namespace ?? "",
};

const at =
  (section: string, field: string): Read =>
  (object) => {
    const part = object[section];
    const value = typeof part === "object" && part !== null ? Reflect.get(part, field) : undefined;
    return value === undefined ? "" : String(value);
  };

const FIELDS: Readonly<Record<string, Readonly<Record<string, Read>>>> = {
  Pod: {
    "spec.nodeName": at("spec", "nodeName"),
    "spec.restartPolicy": at("spec", "restartPolicy"),
    "spec.serviceAccountName": at("spec", "serviceAccountName"),
    "status.phase": at("status", "phase"),
    "status.podIP": at("status", "podIP"),
  },
  Namespace: { "status.phase": at("status", "phase") },
};

function labelRequirement(term: string): (labels: Readonly<Record<string, string>>) => boolean {
  const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(term);
  if (set !== null) {
    const [, key = "", operator, list = ""] = set;
    const values = list.split(",").map((value) => value.trim());
    return (labels) => {
      const value = labels[key];
      return operator === "in"
        ? value !== undefined && values.includes(value)
        : value === undefined || !values.includes(value);
    };
  }
  const pair = /^([^!=\s]+)\s*(!=|==|=)\s*([^!=\s]*)$/.exec(term);
  if (pair !== null) {
    const [, key = "", operator, value] = pair;
    return (labels) => (labels[key] === value) === (operator !== "!=");
  }
  const presence = /^(!?)\s*([^!=\s()]+)$/.exec(term);
  if (presence === null)
    throw new SelectorError(`unable to parse requirement: couldn't parse the selector string "${term}"`);
  const [, not, key = ""] = presence;
  return (labels) => (labels[key] !== undefined) === (not === "");
}

function splitOutsideBrackets(text: string): string[] {
  return text
    .split(/,(?![^(]*\))/)
    .map((term) => term.trim())
    .filter((term) => term !== "");
}
