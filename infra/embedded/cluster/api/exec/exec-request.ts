import type { Pod } from "../../store/objects.ts";
import { isTrue, type RequestInfo } from "../request-info.ts";
import { badRequest } from "../status.ts";
import { containerOf } from "./container-choice.ts";

/** What an exec asks for (core/v1 PodExecOptions). */
export interface ExecRequest {
  readonly container: string;
  readonly command: readonly string[];
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

/** Reads PodExecOptions from the query. Throws 400 for what the API server refuses before any upgrade. */
export function execRequest(pod: Pod, info: RequestInfo): ExecRequest {
  const flag = (name: string): boolean => info.query.has(name) && isTrue(info.query.get(name));
  const request = {
    container: containerOf(pod, info.query.get("container") ?? ""),
    command: info.query.getAll("command"),
    ...{ stdin: flag("stdin"), stdout: flag("stdout"), stderr: flag("stderr"), tty: flag("tty") },
  };
  if (request.command.length === 0) throw badRequest("you must specify at least 1 command for the container");
  if (!request.stdin && !request.stdout && !request.stderr) {
    throw badRequest("you must specify at least one of stdin, stdout, stderr");
  }
  return request;
}
