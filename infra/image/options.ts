import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

export interface ImageOptions {
  /** What the image is called in the archive: `muster.test/executor:1` unless it is to be pushed. */
  readonly name: string;
  /** An image that a builder can pull; without it, a Debian root made on this machine. */
  readonly base: string | undefined;
  readonly auditor: string;
  /** Folder of gems, as Bundler lays it out. */
  readonly gems: string;
  /** Only lay out the context there, for another builder. */
  readonly contextOnly: string | undefined;
}

const ownGems = join(import.meta.dirname, "../../vendor/bundle");

export const defaults: ImageOptions = {
  ...{ name: "muster.test/executor:1", auditor: "inspec-core", gems: ownGems },
  ...{ base: undefined, contextOnly: undefined },
};

export const usage = `usage: npm run image -- [--name NAME:TAG] [--base IMAGE] [--auditor NAME --gems FOLDER] [--context FOLDER]
  --name     what the image is called (default ${defaults.name})
  --base     base image: a Debian 12, or what has Ruby 3.1 (default: made by debootstrap)
  --auditor  distribution of the auditor, with --gems: the folder that its Bundler installed into (default inspec-core)
  --context  lay out the context in FOLDER and build nothing`;

/** Reads the command line. Throws an Error that names the option and says what to do. */
export function readOptions(words: readonly string[]): ImageOptions {
  const { values } = parseArgs({
    args: [...words],
    options: {
      ...{ name: { type: "string" }, base: { type: "string" }, auditor: { type: "string" } },
      ...{ gems: { type: "string" }, context: { type: "string" } },
    },
  });
  const { name = defaults.name, base, auditor = defaults.auditor, gems = ownGems, context } = values;
  if (!/^[a-z0-9.-]+(:\d+)?\/[a-z0-9._/-]+:[\w.-]+$/.test(name)) {
    throw new Error(`--name ${name}: must be HOST/NAME:TAG, such as muster.test/executor:1`);
  }
  if (!/^[a-z0-9-]+$/.test(auditor))
    throw new Error(`--auditor ${auditor}: must be lower-case letters, digits and dashes`);
  if (auditor !== defaults.auditor && values.gems === undefined) {
    throw new Error(
      `--auditor ${auditor}: say with --gems where its gems are; docs/deploy.md shows how to install them`,
    );
  }
  if (!existsSync(join(gems, "ruby"))) {
    throw new Error(`--gems ${gems}: there is no ruby/ in it, so no gems; run: sh layers/auditor/install.sh`);
  }
  return { name, base, auditor, gems: resolve(gems), contextOnly: context && resolve(context) };
}
