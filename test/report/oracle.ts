import { convertFile, convertFileContextual, isContextualizedProfile } from "inspecjs";
import { type ControlStatus, type Severity, severities } from "#contract/finding.ts";

const words: Readonly<Record<string, ControlStatus>> = {
  Passed: "passed",
  Failed: "failed",
  "Not Applicable": "not_applicable",
  "Not Reviewed": "not_reviewed",
  "Profile Error": "error",
};

export interface OracleControl {
  readonly id: string;
  readonly status: ControlStatus | undefined;
  readonly severity: Severity | undefined;
}

/** What inspecjs, and so Heimdall and SAF, says of a document: the controls that nobody extends, read from their root. */
export function askInspecjs(bytes: Uint8Array): readonly OracleControl[] {
  const text = new TextDecoder().decode(bytes);
  const read = convertFile(text, true);
  if (!("1_0_ExecJson" in read)) throw new Error("inspecjs refuses the document", { cause: read.errors });
  const evaluation = convertFileContextual(text);
  if (isContextualizedProfile(evaluation)) throw new Error("inspecjs takes the document for a profile");
  return evaluation.contains
    .flatMap((profile) => profile.contains)
    .filter((control) => control.extendedBy.length === 0)
    .map(({ root }) => ({
      id: root.data.id,
      status: words[root.hdf.status],
      severity: severities.find((severity) => severity === root.hdf.severity.toLowerCase()),
    }));
}
