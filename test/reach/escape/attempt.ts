import { rmSync } from "node:fs";
import fc from "fast-check";
import { throughChroot, throughLibrary } from "./ask.ts";
import { escapeTree, layOut, outsideWord } from "./tree.ts";

/** What came of the attempts to be led out of trees. */
export interface Escapes {
  readonly attempts: number;
  /** Of them, those that read a file. */
  readonly read: number;
  /** Those that read a byte from outside of the tree. */
  readonly outside: readonly string[];
  /** Those whose answer is not the kernel's for a process whose root is the tree. */
  readonly differing: readonly string[];
}

/** Lays out so many trees from a seed and asks for twenty paths in each. */
export function attemptEscapes(trees: number, seed: number): Escapes {
  let [attempts, read] = [0, 0];
  const outside: string[] = [];
  const differing: string[] = [];
  for (const tree of fc.sample(escapeTree, { numRuns: trees, seed })) {
    const { folder, root } = layOut(tree);
    try {
      const ours = throughLibrary(root, tree.asked);
      const kernel = throughChroot(root, tree.asked);
      tree.asked.forEach((path, at) => {
        const [answer, truth] = [ours[at] ?? "", kernel[at] ?? ""];
        const words = `${path}: read ${JSON.stringify(answer)}, the kernel finds ${JSON.stringify(truth)}`;
        attempts += 1;
        if (answer !== "") read += 1;
        if (answer.includes(outsideWord)) outside.push(words);
        if (answer !== truth) differing.push(words);
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return { attempts, read, outside, differing };
}
