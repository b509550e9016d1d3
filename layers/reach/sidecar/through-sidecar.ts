import type { Connection } from "#cluster/connection.ts";
import { ScanError } from "#contract/errors.ts";
import type { Target } from "#contract/target.ts";
import type { Step } from "../plan.ts";
import type { ReachOptions } from "../reach-target.ts";
import type { Reached } from "../reached.ts";

export async function throughSidecar(
  _connection: Connection,
  _target: Target,
  _step: Extract<Step, { kind: "sidecar" }>,
  _options: ReachOptions,
): Promise<Reached> {
  throw new ScanError("internal", "not yet");
}
