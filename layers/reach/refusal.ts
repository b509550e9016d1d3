import type { ExecEnd } from "#cluster/exec/exit.ts";
import { printable } from "#cluster/status.ts";
import { ScanError } from "#contract/errors.ts";
import { type Target, targetName } from "#contract/target.ts";
import type { SessionRefused } from "./loss.ts";
import type { Meaning } from "./wording.ts";

/** A first exec that never answered, as the reason that it is. `shell` is what it was to start. */
export function refusal(meaning: Meaning, refused: SessionRefused, shell: string, target: Target): ScanError {
  const said = printable([whatEnded(refused.how), refused.words].filter(Boolean).join(": "));
  const text = `${targetName(target)}: ${shell}: ${said}`;
  if (meaning === "not-running") return new ScanError("not-running", text);
  if (meaning === "blocked") return new ScanError("policy-blocked", text);
  return new ScanError(refused.how.kind === "lost" ? "connection-lost" : "exec-refused", text);
}

function whatEnded(how: ExecEnd): string {
  if (how.kind === "exited") return `ended with exit code ${how.exitCode} before it answered`;
  return how.kind === "closed" ? "closed" : how.message;
}
