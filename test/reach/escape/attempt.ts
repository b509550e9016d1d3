import { rmSync } from "node:fs";
import fc from "fast-check";
import { throughChroot, throughLibrary } from "./ask.ts";
import { escapeTree, layOut, outsideWord } from "./tree.ts";

/**
 * Lays out so many trees from a seed and asks for twenty paths in each. Every answer has to be the kernel's for a process
 * whose root is the tree, and none may hold a byte from outside. Throws at the first that is not.
 */
export function attemptEscapes(trees: number, seed: number): { readonly attempts: number; readonly read: number } {
  let attempts = 0;
  let read = 0;
  const property = fc.property(escapeTree, (tree) => {
    const { folder, root } = layOut(tree);
    try {
      const ours = throughLibrary(root, tree.asked);
      const kernel = throughChroot(root, tree.asked);
      tree.asked.forEach((path, at) => {
        const [answer, truth] = [ours[at] ?? "", kernel[at] ?? ""];
        if (answer.includes(outsideWord) || answer !== truth) {
          throw new Error(`${path}: read ${JSON.stringify(answer)}, the kernel finds ${JSON.stringify(truth)}`);
        }
        attempts += 1;
        if (answer !== "") read += 1;
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
  fc.assert(property, { numRuns: trees, seed });
  return { attempts, read };
}
