import type { Completed, Shell } from "#contract/shell.ts";

/** What a command's output is, given how many commands ran before it. */
export type Script = (command: string, before: readonly string[]) => string;

/** A Shell in memory that runs commands one after the other and remembers which; answers wait until they are let go. */
export function scriptedShell(script: Script = (command) => `out of ${command}`) {
  const ran: string[] = [];
  let gate: Promise<void> | undefined;
  const shell: Shell = {
    way: "shell",
    async run(bytes): Promise<Completed> {
      const command = Buffer.from(bytes).toString("utf8");
      const stdout = Buffer.from(script(command, [...ran]));
      ran.push(command);
      await gate;
      return { stdout, stderr: new Uint8Array(0), exitCode: 0, truncated: false, elapsedMs: 1 };
    },
    close: async () => undefined,
  };
  return {
    shell,
    ran,
    /** Holds all answers back until the function that it gives is called. */
    hold(): () => void {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return resolve;
    },
  };
}
