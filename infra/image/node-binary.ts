import { realpathSync } from "node:fs";

const wanted = 24;

/**
 * The Node binary that goes into the image: the one that runs this, which npm scripts take from package-lock.json. It knows
 * its architecture, and the image has the same.
 */
export function nodeBinary(): string {
  const major = Number(process.versions.node.split(".")[0]);
  if (major !== wanted) {
    throw new Error(
      `the image holds the Node that builds it, and wants Node ${wanted}, not ${process.version}: npm run image`,
    );
  }
  return realpathSync(process.execPath);
}
