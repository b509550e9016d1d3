import type { FaultCase } from "./fault-case.ts";
import { knownGaps } from "./hostile-cases.ts";
import { liveCases } from "./live-cases.ts";
import { offsetCases } from "./offset-cases.ts";
import { peerCases } from "./peer-cases.ts";
import { serverCases } from "./server-cases.ts";

/** Every kind of fault. */
export const faultCases: readonly FaultCase[] = [
  ...offsetCases,
  ...liveCases,
  ...peerCases,
  ...serverCases,
  ...knownGaps,
];
