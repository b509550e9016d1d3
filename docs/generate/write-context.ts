import { readFileSync, writeFileSync } from "node:fs";
import { withContextTable } from "./context-table.ts";

const page = new URL("../context.md", import.meta.url);
writeFileSync(page, withContextTable(readFileSync(page, "utf8")));
