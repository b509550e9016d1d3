import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { schemaDocuments } from "#contract/schema/documents.ts";

describe("the committed JSON Schemas", () => {
  it.each([...schemaDocuments()])("%s is what the zod source says (else run npm run schema)", (name, text) => {
    expect(readFileSync(new URL(`../../layers/contract/schema/${name}`, import.meta.url), "utf8")).toBe(text);
  });
});
