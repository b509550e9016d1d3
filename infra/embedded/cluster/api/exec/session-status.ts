import { statusBody } from "../status.ts";
import type { ExecEnd } from "./runc-exec.ts";

/** The one status of an exec session, as the API server's v5 translator words it (metav1.Status on channel 3). */
export function sessionStatus(end: ExecEnd): object {
  if ("runtimeError" in end) return internalError(`error executing command in container: ${end.runtimeError}`);
  if (end.exitCode === 0) return { metadata: {}, status: "Success" };
  return {
    ...{ metadata: {}, status: "Failure", message: `command terminated with exit code ${end.exitCode}` },
    ...{ reason: "NonZeroExitCode", details: { causes: [{ reason: "ExitCode", message: String(end.exitCode) }] } },
  };
}

/** A failure behind the upgrade. The translator wraps what is an internal error already once more. */
export function internalError(message: string, wraps: 1 | 2 = 2): object {
  const prefix = "Internal error occurred: ";
  const {
    kind: _kind,
    apiVersion: _version,
    ...status
  } = statusBody(500, "InternalError", prefix.repeat(wraps) + message, {
    causes: [{ message: prefix.repeat(wraps - 1) + message }],
  });
  return status;
}
