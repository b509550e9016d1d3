import { type Parts, takeParts } from "../parts.ts";
import type { Report } from "../run.ts";
import { bundles } from "./bundle.ts";
import { canaries } from "./canaries.ts";
import { faultMatrix } from "./fault-matrix.ts";
import { imageStart } from "./image-start.ts";
import { completeTenThousand, expandTenThousand } from "./ten-thousand.ts";

const parts: Parts<undefined> = {
  bundle: bundles,
  image: imageStart,
  expand: expandTenThousand,
  completion: completeTenThousand,
  faults: faultMatrix,
  canaries,
};

/** Measures what the functions cost in the cloud, as far as it shows on one machine. */
export async function measure(report: Report): Promise<void> {
  await takeParts(report, parts, undefined);
}
