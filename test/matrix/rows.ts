import type { MatrixRow } from "./row.ts";
import { distrolessRows } from "./rows/distroless.ts";
import { imageRows } from "./rows/image.ts";
import { lifeRows } from "./rows/life.ts";
import { networkRows } from "./rows/network.ts";
import { playedRows } from "./rows/played.ts";
import { podRows } from "./rows/pods.ts";
import { rightsRows } from "./rows/rights.ts";
import { shellRows } from "./rows/shells.ts";
import { toolboxRows } from "./rows/toolbox.ts";
import { windowsRows } from "./rows/windows.ts";

/** Every row of the compatibility matrix, in the order of its table. */
export const rows: readonly MatrixRow[] = [
  ...shellRows,
  ...distrolessRows,
  ...podRows,
  ...lifeRows,
  ...playedRows,
  ...windowsRows,
  ...networkRows,
  ...rightsRows,
  ...toolboxRows,
  ...imageRows,
];
