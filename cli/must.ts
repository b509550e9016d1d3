import type * as z from "zod";
import { ScanError } from "#contract/errors.ts";

/** A flag's value as its schema has it, or `bad-request` that names the flag and what is wrong. */
export function must(schema: z.ZodType<string>, field: string, value: string): string {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ScanError("bad-request", `${field}: ${JSON.stringify(value)} ${parsed.error.issues[0]?.message}`);
}
