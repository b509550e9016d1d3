import type { CommandClass } from "../class.ts";
import type { Judge, Rule } from "../options.ts";
import type { Word } from "../syntax.ts";
import { literal } from "../words.ts";
import { files } from "./files.ts";
import { network } from "./network.ts";
import { packages } from "./packages.ts";
import { lookUp } from "./shapes.ts";
import { asksVersion, system } from "./system.ts";
import { text } from "./text.ts";
import { wrappers } from "./wrappers.ts";

const table: Readonly<Record<string, Rule>> = { ...text, ...files, ...system, ...network, ...packages, ...wrappers };

/** Where a system keeps its programs; a file of a known name elsewhere may be anything. */
const folders = /^(?:\/usr(?:\/local)?)?\/s?bin\//;

/** The class of a program, named by a bare word or by its path in a usual folder, when it runs with these arguments. */
export function runOf(name: string, args: readonly Word[], judge: Judge): CommandClass {
  const program = name.replace(folders, "");
  if (asksVersion(program, args.map(literal))) return "read-only";
  return lookUp(table, program)?.(args, judge) ?? "unknown";
}
