import { parseStatus, printable } from "../status.ts";

/** How an exec session ended, by its status frame and close, and nothing else. */
export type ExecEnd =
  /** The process ran to its end and all of its output arrived. */
  | { readonly kind: "exited"; readonly exitCode: number }
  /** The server or the runtime could not run the process; `message` is its own wording. */
  | { readonly kind: "refused"; readonly message: string; readonly httpStatus: number }
  /** No status frame, or no orderly close: how the process ended is unknown. */
  | { readonly kind: "lost"; readonly message: string }
  /** Ended from this side. */
  | { readonly kind: "closed" };

/** What the status channel said. Read by `reason` and `causes` only: the texts differ by path and version. */
export function decodeExit(payload: Uint8Array): ExecEnd {
  const text = new TextDecoder().decode(payload);
  const status = parseStatus(text);
  if (status === undefined) return { kind: "lost", message: `the status frame is not a Status: ${printable(text)}` };
  if (status.status === "Success") return { kind: "exited", exitCode: 0 };
  if (status.reason !== "NonZeroExitCode") {
    return { kind: "refused", message: status.message, httpStatus: status.code };
  }
  const code = status.causes.find((cause) => cause.reason === "ExitCode")?.message ?? "";
  // Of Windows' processes it has 32 bits.
  if (!/^-?\d{1,10}$/.test(code))
    return { kind: "lost", message: `an exit code was announced but not given: ${printable(text)}` };
  return { kind: "exited", exitCode: Number(code) };
}
