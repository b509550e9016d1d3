import { compoundCommands } from "./compound.ts";
import { endingCommands } from "./endings.ts";
import { fileCommands } from "./files.ts";
import { languageCommands } from "./language.ts";
import { systemCommands } from "./system.ts";

/** Every written command once, in a fixed order. */
export const allCommands: readonly string[] = [
  ...new Set([...fileCommands, ...systemCommands, ...languageCommands, ...compoundCommands, ...endingCommands]),
];
