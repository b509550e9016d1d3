import { classOf } from "#commands/class-of.ts";
import { fileContent, fileRecord } from "#commands/file-record.ts";
import { type Question, textOf } from "./question.ts";
import { detection } from "./static-bundle.ts";

const asked: ReadonlySet<string> = new Set(detection);
const known = [fileRecord, fileContent];

/** What a command does to its target. The auditor's own questions only read, whatever a tokenizer makes of them. */
export function kindOf(question: Question): "read-only" | "expensive" | "unknown" {
  const text = textOf(question);
  return asked.has(text) ? "read-only" : classOf(text, { known });
}

export const onlyReads = (question: Question): boolean => kindOf(question) !== "unknown";
