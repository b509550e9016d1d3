import { readFileSync, writeFileSync } from "node:fs";
import { withDifferencesTable } from "./differences-table.ts";

const page = new URL("../embedded-aws.md", import.meta.url);
writeFileSync(page, withDifferencesTable(readFileSync(page, "utf8")));
