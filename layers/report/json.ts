import { ScanError } from "#contract/errors.ts";

/** A JSON object of which nothing is known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A field of the object itself: documents may hold keys such as `__proto__`. */
export function fieldOf(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The error for a report that cannot be trusted: where, and what must be there. */
export function unreadable(where: string, fault: string, cause?: unknown): ScanError {
  return new ScanError("auditor-crashed", `the auditor's report cannot be read: ${where} ${fault}`, { cause });
}

export function needObject(value: unknown, where: string): JsonObject {
  if (!isObject(value)) throw unreadable(where, "must be an object");
  return value;
}

/** A list of objects. */
export function needObjects(value: unknown, where: string): readonly JsonObject[] {
  if (!Array.isArray(value)) throw unreadable(where, "must be a list");
  return value.map((entry: unknown, index) => needObject(entry, `${where}[${index}]`));
}

/** Well-formed text: JSON can carry half a surrogate pair, and neither UTF-8 nor HTML can. */
export function needText(value: unknown, where: string): string {
  if (typeof value !== "string") throw unreadable(where, "must be text");
  return value.toWellFormed();
}

/** Text where there is text, numbers and booleans in their JSON form, and an empty text for everything else. */
export function asText(value: unknown): string {
  if (typeof value === "string") return value.toWellFormed();
  return typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

/** A text or a list of texts, as tags hold them; without empty ones. */
export function asTexts(value: unknown): readonly string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.map((entry) => asText(entry).trim()).filter((text) => text !== "");
}
