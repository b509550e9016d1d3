import { classOf } from "#commands/class-of.ts";
import { fileContent, fileRecord } from "#commands/file-record.ts";
import { isAuditorsOwn } from "./auditors-own.ts";
import { type Question, textOf } from "./question.ts";

const known = [fileRecord, fileContent];

/** What a command does to its target. The auditor's own questions only read, whatever a tokenizer makes of them. */
export function kindOf(question: Question): "read-only" | "expensive" | "unknown" {
  const text = textOf(question);
  return isAuditorsOwn(text) ? "read-only" : classOf(text, { known });
}

export const onlyReads = (question: Question): boolean => kindOf(question) !== "unknown";
