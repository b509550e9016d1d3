import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { AssetHashType, DockerImage } from "aws-cdk-lib";
import { Code } from "aws-cdk-lib/aws-lambda";
import { buildSync } from "esbuild";
import { bundling } from "../bundling.ts";

const functions = new URL("../../functions/", import.meta.url).pathname;

/** A file to lie beside a function's code, by its name. */
export type Beside = Readonly<Record<string, unknown>>;

/** Bundles `functions/<name>/lambda.ts` and all it imports, the AWS SDK too, into `<folder>/index.mjs`. */
export function bundleInto(folder: string, name: string, beside: Beside = {}): void {
  buildSync({
    ...bundling,
    entryPoints: [join(functions, name, "lambda.ts")],
    outfile: join(folder, "index.mjs"),
  });
  for (const [file, content] of Object.entries(beside)) {
    writeFileSync(join(folder, file), `${JSON.stringify(content)}\n`);
  }
}

/** A function's code as a CDK asset, bundled on this machine: no container engine is ever asked. */
export function bundledCode(name: string, beside: Beside = {}): Code {
  return Code.fromAsset(join(functions, name), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry("unused"), // CDK wants a name here, and asks for it only if tryBundle gave up
      local: {
        tryBundle(folder) {
          bundleInto(folder, name, beside);
          return true;
        },
      },
    },
  });
}
