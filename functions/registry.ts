import { readFileSync } from "node:fs";
import { Registry } from "#contract/deployment.ts";
import { faultsAsText, faultsOf } from "#contract/faults.ts";

/** The registry that the stack put beside a function's code. Throws, naming every fault, when it is not one. */
export function readRegistry(file: URL): Registry {
  const parsed = Registry.safeParse(JSON.parse(readFileSync(file, "utf8")));
  if (!parsed.success) throw new Error(`${file.pathname}: ${faultsAsText(faultsOf(parsed.error))}`);
  return parsed.data;
}
