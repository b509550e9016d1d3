import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import type { KubeObject } from "./store/objects.ts";
import { resourceOfKind } from "./store/resources.ts";

/** The sample workloads: eleven containers, weak and hardened, with and without a shell. */
export const SAMPLE_WORKLOADS = join(import.meta.dirname, "workloads");

/** Every object of a folder's *.yaml files, in the order of file names and documents. Throws with file and document number. */
export function readManifests(folder: string): KubeObject[] {
  return readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .flatMap((name) => parseManifests(readFileSync(join(folder, name), "utf8"), name));
}

/** The objects of one YAML text, each of a kind that the cluster serves. `source` is named in errors. */
export function parseManifests(text: string, source: string): KubeObject[] {
  return parseAllDocuments(text).flatMap((document, index) => {
    const where = `${source}, document ${index + 1}`;
    const fault = document.errors[0];
    if (fault !== undefined) throw new Error(`${where}: ${fault.message}`);
    const value: unknown = document.toJS();
    return value === null ? [] : [checked(value, where)];
  });
}

function checked(value: unknown, where: string): KubeObject {
  const object = value as Partial<KubeObject>; // read field by field here
  const resource = resourceOfKind(object.apiVersion ?? "", object.kind ?? "");
  if (resource === undefined)
    throw new Error(`${where}: this cluster serves no ${object.kind} of ${object.apiVersion}`);
  const { metadata } = object;
  if (!metadata?.name) throw new Error(`${where}: ${object.kind} without metadata.name`);
  const namespace = resource.namespaced ? { namespace: metadata.namespace ?? "default" } : {};
  return {
    ...object,
    apiVersion: object.apiVersion ?? "",
    kind: resource.kind,
    metadata: { ...metadata, ...namespace },
  };
}
