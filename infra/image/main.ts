import { relative } from "node:path";
import { executorImage, layOut } from "./executor-image.ts";
import { readOptions, usage } from "./options.ts";

/** `npm run image`: builds the executor image here, says where it is and what it weighs, layer by layer. */
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1).padStart(6)} MB`;
const here = (path: string) => relative(process.cwd(), path);

try {
  const options = readOptions(process.argv.slice(2));
  if (options.contextOnly !== undefined) {
    await layOut(options.contextOnly, options);
    process.stdout.write(
      `${options.contextOnly}: give it to a builder, with BASE_IMAGE and AUDITOR as build arguments\n`,
    );
  } else {
    const { name, archive, bill, layers } = await executorImage(options);
    for (const { sizeBytes, madeBy } of layers)
      process.stdout.write(`${megabytes(sizeBytes)}  ${madeBy.slice(0, 90)}\n`);
    const total = layers.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    process.stdout.write(
      `${megabytes(total)}  ${name}, uncompressed\nimage ${here(archive)}\nbill of materials ${here(bill)}\n`,
    );
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n${usage}\n`);
  process.exitCode = 2;
}
