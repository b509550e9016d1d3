import { readFileSync } from "node:fs";

const script = (name: string) => readFileSync(new URL(name, import.meta.url), "utf8");

/** The auditor's question about one path, without its head `p='…';`. It only reads. */
export const fileRecord = script("./file-record.sh");

/** Its question for content that is too long for the record, without the same head. */
export const fileContent = script("./file-content.sh");
