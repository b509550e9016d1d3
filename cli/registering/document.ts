import { readFileSync } from "node:fs";
import { parseDocument, visit } from "yaml";
import type * as z from "zod";
import { ScanError } from "#contract/errors.ts";
import { faultsAsText, faultsOf } from "#contract/faults.ts";
import type { ConfigKind } from "#contract/keys.ts";
import { Inputs, Threshold, Waivers } from "#contract/registered.ts";
import { nested } from "./dotted.ts";

/** Kinds of registered content that are one YAML document. */
export type DocumentKind = Exclude<ConfigKind, "profiles">;

const schemas: Readonly<Record<DocumentKind, z.ZodType>> = { inputs: Inputs, waivers: Waivers, thresholds: Threshold };

/** The bytes of a YAML (or JSON) file that is what its kind asks for; else `bad-request`, every fault named. */
export function readDocumentFile(kind: DocumentKind, file: string): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new ScanError("bad-request", `${file} cannot be read`, { cause: error });
  }
  checkDocument(kind, bytes, file);
  return bytes;
}

/** Refuses bytes that are no document of this kind. `where` begins the message. */
export function checkDocument(kind: DocumentKind, bytes: Uint8Array, where: string): void {
  let value: unknown;
  let hasAlias = false;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    // The auditor's parser is Ruby's, which follows YAML 1.1: there, `no` is a boolean and 2027-03-31 a date.
    const document = parseDocument(text, { version: kind === "thresholds" ? "1.2" : "1.1", uniqueKeys: true });
    for (const error of document.errors) throw error;
    visit(document, {
      Alias: () => {
        hasAlias = true;
      },
    });
    value = document.toJS();
  } catch (error) {
    const why = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new ScanError("bad-request", `${where} is not YAML: ${why}`, { cause: error });
  }
  if (kind === "inputs" && hasAlias) {
    throw new ScanError("bad-request", `${where}: has an alias (*name), which the auditor reads in no input file`);
  }
  const parsed = schemas[kind].safeParse(kind === "thresholds" ? nested(value, where) : value);
  if (!parsed.success) throw new ScanError("bad-request", `${where}: ${faultsAsText(faultsOf(parsed.error))}`);
}
