import { writeFileSync } from "node:fs";
import { schemaDocuments } from "./documents.ts";

/** Writes every JSON Schema beside this file. `npm run schema` runs it; a test holds the files to the zod sources. */
for (const [name, text] of schemaDocuments()) writeFileSync(new URL(name, import.meta.url), text);
