import type { CommandClass } from "#commands/class.ts";
import { classOf } from "#commands/class-of.ts";
import { fileContent, fileRecord } from "#commands/file-record.ts";
import { looksOnly } from "#commands/looks-only.ts";
import { remembered } from "#commands/remembered.ts";
import { looksOnlyOnWindows, windowsClassOf } from "#commands/windows.ts";
import { isAuditorsOwn } from "./auditors-own.ts";
import { type Question, textOf } from "./question.ts";

const known = [fileRecord, fileContent];

const kindOfText = remembered((text) => (isAuditorsOwn(text) ? "read-only" : classOf(text, { known })));

/** What a command does to its target. The auditor's own questions only read, whatever a tokenizer makes of them. */
export const kindOf = (question: Question): CommandClass =>
  question.windows ? windowsClassOf(textOf(question)) : kindOfText(textOf(question));

export const onlyReads = (question: Question): boolean => kindOf(question) !== "unknown";

/** Whether a command that is not understood seems only to look: where it may be sent ahead, it may change places as well. */
export const looks = (question: Question): boolean =>
  question.windows ? looksOnlyOnWindows(textOf(question)) : looksOnly(textOf(question));
