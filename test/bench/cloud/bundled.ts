import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import { bundling } from "../../../infra/bundling.ts";

/** What finds its scripts from its own place goes on doing so. */
const inPlace: Plugin = {
  name: "in-place",
  setup({ onLoad }) {
    onLoad({ filter: /\/(layers|functions|infra|test)\/[^\\]*\.ts$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      if (path.includes("/node_modules/") || !source.includes("import.meta.url")) return undefined;
      return { contents: source.replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path).href)), loader: "ts" };
    });
  },
};

/**
 * A client as one ES module, bundled as the functions are: from its sources Node holds 100 MB more, mostly for modules
 * of the Kubernetes client that a bundle leaves out, and for taking types away.
 */
export async function bundled(client: URL, folder: string): Promise<URL> {
  const outfile = join(folder, "client.mjs");
  await build({ ...bundling, entryPoints: [client.pathname], outfile, plugins: [inPlace] });
  return pathToFileURL(outfile);
}
