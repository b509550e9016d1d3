import { plain, podOf } from "../pod.ts";
import type { MatrixRow } from "../row.ts";
import { refusingExec } from "../runtime-words.ts";

/** A container that cannot be entered, while images can be read. */
export const imageRows: readonly MatrixRow[] = [
  {
    ...{ id: "image", title: "Distroless that cannot be entered, whose image can be read", level: "privileged" },
    ...{ policy: "images", ends: "image", pod: podOf([plain("distroless-weak")]) },
  },
  {
    ...{ id: "image-apparmor", title: "AppArmor denies the exec, and the image can be read", level: "baseline" },
    ...{ policy: "images", ends: "image", shown: "played by the embedded API", pod: podOf([plain("distroless-weak")]) },
    before: (stage) => refusingExec(stage, "apparmor"),
  },
  {
    ...{ id: "image-missing", title: "Distroless that cannot be entered, whose image is not at hand" },
    ...{ level: "privileged", policy: "images", ends: "no-shell", pod: podOf([plain("scratch")]) },
  },
];
