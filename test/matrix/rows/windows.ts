import { plain, podOf } from "../pod.ts";
import type { MatrixRow } from "../row.ts";

/** Windows containers. No node here runs any: the pod's own word is what is played. */
export const windowsRows: readonly MatrixRow[] = [
  {
    ...{ id: "windows", title: "Windows", level: "baseline", ends: "windows-unsupported" },
    shown: "played by the embedded API",
    pod: podOf([plain("distroless")], { os: { name: "windows" } }),
  },
];
