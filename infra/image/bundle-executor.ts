import { readFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { build, type Plugin } from "esbuild";
import { bundling } from "../bundling.ts";

const repository = join(import.meta.dirname, "../..");
/** Entry points of the image: the function, and the worker off Lambda. */
const entries = ["lambda", "off-lambda"] as const;
const folder = join(repository, "functions/executor");

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
      const place = `new URL(${JSON.stringify(relative(folder, path))}, import.meta.url).href`;
      return { contents: source.replaceAll("import.meta.url", place), loader: "ts" };
    });
  },
};

/** The executor's bundle, and the folders of the npm packages that are in it. */
export interface ExecutorBundle {
  /** By the name of the file in functions/executor. */
  readonly code: Readonly<Record<string, Uint8Array>>;
  readonly packages: readonly string[];
}

/** Bundles the entry points, to lie in functions/executor of a tree like the repository's. */
export async function bundleExecutor(): Promise<ExecutorBundle> {
  const entryPoints = entries.map((name) => join(folder, `${name}.ts`));
  const { outputFiles, metafile } = await build({
    ...{ ...bundling, entryPoints, plugins: [inPlace], absWorkingDir: repository },
    ...{ outdir: folder, outExtension: { ".js": ".mjs" }, metafile: true, write: false },
  });
  const folders = Object.keys(metafile.inputs).flatMap(
    (input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? [],
  );
  const code = Object.fromEntries(outputFiles.map(({ path, contents }) => [basename(path), contents]));
  return { code, packages: [...new Set(folders)].sort() };
}
