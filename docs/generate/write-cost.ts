import { readFileSync, writeFileSync } from "node:fs";
import { withCostTable } from "./cost-table.ts";

const page = new URL("../cost.md", import.meta.url);
writeFileSync(page, withCostTable(readFileSync(page, "utf8")));
