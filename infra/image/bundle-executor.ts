import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { build, type Plugin } from "esbuild";
import { bundling } from "../bundling.ts";

const repository = join(import.meta.dirname, "../..");
const entry = join(repository, "functions/executor/lambda.ts");

/**
 * Scripts and main.rb are found from the place of the file that uses them, by `import.meta.url`. The image mirrors the
 * repository, so in the bundle that stays the file's own place, and not the bundle's.
 */
const inPlace: Plugin = {
  name: "in-place",
  setup({ onLoad }) {
    onLoad({ filter: /\/(layers|functions)\/[^\\]*\.ts$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      if (path.includes("/node_modules/") || !source.includes("import.meta.url")) return undefined;
      const place = `new URL(${JSON.stringify(relative(dirname(entry), path))}, import.meta.url).href`;
      return { contents: source.replaceAll("import.meta.url", place), loader: "ts" };
    });
  },
};

/** The executor's bundle, and the folders of the npm packages that are in it. */
export interface ExecutorBundle {
  readonly code: Uint8Array;
  readonly packages: readonly string[];
}

/** Bundles functions/executor/lambda.ts, to lie at functions/executor/lambda.mjs of a tree like the repository's. */
export async function bundleExecutor(): Promise<ExecutorBundle> {
  const options = { ...bundling, entryPoints: [entry], plugins: [inPlace], absWorkingDir: repository };
  const { outputFiles, metafile } = await build({ ...options, metafile: true, write: false });
  const [bundle] = outputFiles;
  if (bundle === undefined) throw new Error("esbuild gave no bundle of the executor");
  const folders = Object.keys(metafile.inputs).flatMap(
    (input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? [],
  );
  return { code: bundle.contents, packages: [...new Set(folders)].sort() };
}
