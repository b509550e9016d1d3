import { attemptEscapes } from "./attempt.ts";

/** `npm run escapes [TREES]`: twenty attempts a tree, 10,000 by default, with a fresh seed that is printed. Needs root. */
const trees = Number(process.argv[2] ?? 500);
const seed = Date.now() % 2 ** 31;
process.stderr.write(`seed ${seed}, ${trees} trees\n`);
const { attempts, read, outside, differing } = attemptEscapes(trees, seed);
process.stdout.write(`${attempts} attempts, ${read} of them read a file, ${outside.length} read anything outside\n`);
for (const words of [...outside, ...differing]) process.stdout.write(`${words}\n`);
process.exitCode = outside.length + differing.length === 0 ? 0 : 1;
