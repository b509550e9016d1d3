import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import * as z from "zod";
import { verbs } from "./verbs.ts";

/** Of package.json, whatever folder muster is called from. */
const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")));

const program = new Command("muster")
  .description("Tells whether running containers pass muster: InSpec profiles through the Kubernetes API.")
  .version(version, "--version")
  .exitOverride()
  .showHelpAfterError("(run it with --help for all options)");
const [asked = ""] = process.argv.slice(2);
const isVerb = Object.hasOwn(verbs, asked);
const wanted = Object.entries(verbs).filter(([name]) => (isVerb ? name === asked : asked !== "--version"));
for (const verb of await Promise.all(wanted.map(([, load]) => load()))) {
  inherit(verb);
  program.addCommand(verb);
}

/** Verbs of verbs too, or their bad usage would end the process with commander's own code. */
function inherit(command: Command): void {
  command.copyInheritedSettings(program);
  for (const below of command.commands) inherit(below);
}

try {
  await program.parseAsync();
} catch (error) {
  // Commander has printed its own message; what it calls 1 is bad usage here, and 1 is the gate's.
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : 2;
}

const lingerMs = 250;
// A credential plugin that hangs would keep the process after the verb has ended.
setTimeout(() => process.exit(), lingerMs).unref();
