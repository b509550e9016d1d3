import type * as z from "zod";

/** One thing that is wrong with a document: the field by its path, and what it must be. */
export interface Fault {
  readonly field: string;
  readonly message: string;
}

/** Every fault that zod found, each with the path of its field in the words of the document. */
export function faultsOf(error: z.ZodError): readonly Fault[] {
  return error.issues.flatMap((issue) => {
    const path = pathOf(issue.path);
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({ field: pathOf([...issue.path, key]), message: "is not a known key" }));
    }
    if (issue.code === "invalid_union") {
      const closest = issue.errors.toSorted((a, b) => depthOf(b) - depthOf(a))[0]?.[0];
      if (closest !== undefined) {
        return [{ field: pathOf([...issue.path, ...closest.path]), message: closest.message }];
      }
    }
    return [{ field: path, message: issue.message }];
  });
}

/** Faults as one line: `targets[0].cluster must be …; options.speed is not a known key`. */
export function faultsAsText(faults: readonly Fault[]): string {
  return faults.map(({ field, message }) => `${field}: ${message}`).join("; ");
}

const depthOf = (issues: readonly z.core.$ZodIssue[]) => Math.max(0, ...issues.map((issue) => issue.path.length));

function pathOf(path: readonly PropertyKey[]): string {
  if (path.length === 0) return "(the whole document)";
  return path
    .map((part, index) => (typeof part === "number" ? `[${part}]` : `${index === 0 ? "" : "."}${String(part)}`))
    .join("");
}
