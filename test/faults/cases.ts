import { clientCases } from "./client-cases.ts";
import type { FaultCase } from "./fault-case.ts";
import { hostileCases } from "./hostile-cases.ts";
import { liveCases } from "./live-cases.ts";
import { offsetCases } from "./offset-cases.ts";
import { peerCases } from "./peer-cases.ts";
import { serverCases } from "./server-cases.ts";

/** Every kind of fault. */
export const faultCases: readonly FaultCase[] = [
  ...offsetCases,
  ...clientCases,
  ...liveCases,
  ...peerCases,
  ...serverCases,
  ...hostileCases,
];
