import type { BuildOptions } from "esbuild";

/** How every function is bundled: one ES module for Lambda's Node with all that it imports, the AWS SDK too. */
export const bundling = {
  bundle: true,
  platform: "node",
  target: "node24",
  format: "esm",
  mainFields: ["module", "main"],
  minify: true,
  keepNames: true, // the SDK and our own errors are told apart by their names
  legalComments: "none",
  // CommonJS packages inside an ES module want a require of their own.
  banner: {
    js: 'import{createRequire as musterRequire}from"node:module";const require=musterRequire(import.meta.url);',
  },
  logLevel: "warning",
} as const satisfies BuildOptions;
