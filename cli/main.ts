import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import * as z from "zod";
import { awsCommand } from "./verbs/aws.ts";
import { cancelCommand } from "./verbs/cancel.ts";
import { clusterCommand } from "./verbs/cluster.ts";
import { demoCommand } from "./verbs/demo.ts";
import { doctorCommand } from "./verbs/doctor.ts";
import { grantCommand } from "./verbs/grant.ts";
import { keyCommand } from "./verbs/key.ts";
import { profileCommand } from "./verbs/profile.ts";
import { registeredCommands } from "./verbs/registered.ts";
import { reportCommand } from "./verbs/report.ts";
import { scanCommand } from "./verbs/scan.ts";
import { sidecarCommand } from "./verbs/sidecar.ts";
import { submitCommand } from "./verbs/submit.ts";
import { sweepCommand } from "./verbs/sweep.ts";
import { workerCommand } from "./verbs/worker.ts";

/** Of package.json, whatever folder muster is called from. */
const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")));

const program = new Command("muster")
  .description("Tells whether running containers pass muster: InSpec profiles through the Kubernetes API.")
  .version(version, "--version")
  .exitOverride()
  .showHelpAfterError("(run it with --help for all options)");
for (const verb of [
  demoCommand(),
  scanCommand(),
  sidecarCommand(),
  submitCommand(),
  cancelCommand(),
  workerCommand(),
  doctorCommand(),
  grantCommand(),
  sweepCommand(),
  profileCommand(),
  ...registeredCommands(),
  keyCommand(),
  reportCommand(),
  clusterCommand(),
  awsCommand(),
]) {
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
