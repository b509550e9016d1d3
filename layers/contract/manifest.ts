import * as z from "zod";
import { HexId, Sha256, UtcTime } from "./names.ts";
import { ways } from "./shell.ts";
import { Summary } from "./summary.ts";
import { Target } from "./target.ts";
import { Pinned } from "./task.ts";

/** Names of files in one folder: nothing that could lead out of it. */
const FileName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/, "must be the name of a file in the folder");

/** Manifest/1: which scan a report is of, and every file of it but the attestation, by size and SHA-256. */
export const Manifest = z.strictObject({
  schemaVersion: z.literal(1),
  scanId: HexId,
  taskId: HexId,
  attempt: z.string(),
  /** Key of the folder in the evidence bucket. */
  folder: z.string(),
  target: Target,
  way: z.enum(ways),
  profile: Summary.shape.profile,
  inputs: Pinned.nullable(),
  waivers: Pinned.nullable(),
  auditor: Summary.shape.auditor,
  /** Name of the file with the signature; null, or not there in older reports, when nobody signed this one. */
  attestation: FileName.nullable().optional(),
  startedAt: UtcTime,
  finishedAt: UtcTime,
  files: z
    .array(
      z.strictObject({
        name: FileName,
        bytes: z.number().int().min(0),
        sha256: Sha256,
        contentType: z.string(),
        contentEncoding: z.string().optional(),
      }),
    )
    .min(1),
});
export type Manifest = z.infer<typeof Manifest>;
