import { type WindowsPod, windowsPod } from "#test/support/windows/pods.ts";
import type { PodParts } from "../pod.ts";
import type { MatrixRow } from "../row.ts";
import type { Stage } from "../stage.ts";

const files = { "app/web.config": "<a>\r\né ✓</a>" };
/** The double lies in a volume of the node, which no other level allows. */
const row = { level: "privileged", shown: "protocol-tested double" } as const;

/** A pod in which a double plays cmd and PowerShell; it goes with the row. */
const played =
  (options: Omit<WindowsPod, "name"> = {}) =>
  ({ pod: name, atEnd }: Stage): PodParts => {
    const { pod, remove } = windowsPod({ name, files, ...options });
    atEnd(remove);
    return { spec: pod.spec as PodParts["spec"] }; // KubeObject leaves it open what a kind's spec is
  };

/** Windows containers. No machine here runs any; the double keeps to the ways of cmd and PowerShell. */
export const windowsRows: readonly MatrixRow[] = [
  {
    ...{ ...row, id: "windows", title: "Windows with cmd and PowerShell, profile for Windows", ends: "windows" },
    ...{ profile: "windows", pod: played() },
  },
  {
    ...{ ...row, id: "windows-cmd", title: "Windows with cmd alone, profile for Windows", ends: "windows" },
    ...{ profile: "windows", pod: played({ has: ["cmd.exe"] }) },
  },
  {
    ...{ ...row, id: "windows-bare", title: "Windows without cmd and PowerShell", ends: "windows-unsupported" },
    ...{ profile: "windows", pod: played({ has: [] }) },
  },
  {
    ...{ ...row, id: "windows-mismatch", title: "Windows, with a profile for Linux", ends: "profile-mismatch" },
    pod: played(),
  },
];
