import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";

/** What every file outside the tree holds, and none inside. */
export const outsideWord = "OUTSIDE-THE-TARGET";

/** A step on a path: few names, so that paths meet, and every way of climbing and leaving. */
const name = fc.constantFrom("a", "b", "c");
const step = fc.oneof({ arbitrary: name, weight: 6 }, fc.constantFrom("..", ".", "", "..", "../.."));
const relative = fc.array(step, { minLength: 1, maxLength: 4 }).map((steps) => steps.join("/"));
/** `OUT` becomes the absolute path of the folder beside the tree. */
const linkText = fc.oneof(
  relative,
  relative.map((path) => `/${path}`),
  fc.constantFrom(
    "OUT/secret",
    "OUT",
    "/OUT/secret",
    "../../../../../../../../OUT/secret",
    "/etc/passwd",
    "/proc/self/root/OUT/secret",
  ),
  fc.constantFrom("../outside/secret", "../../outside", "../../../outside/secret", "/../outside/secret"),
);
const entry = fc.record({
  at: fc.array(name, { minLength: 1, maxLength: 2 }),
  is: fc.oneof(
    fc.constant({ kind: "file" as const }),
    linkText.map((text) => ({ kind: "link" as const, text })),
  ),
});

/** A tree of files and links, and paths to ask for in it. */
export const escapeTree = fc.record({
  entries: fc.array(entry, { minLength: 6, maxLength: 16 }),
  asked: fc.array(
    fc.oneof(
      relative.map((path) => `/${path}`),
      fc.constantFrom("/outside/secret", "/../outside/secret", "/a/../../outside/secret"),
    ),
    { minLength: 20, maxLength: 20 },
  ),
});
export type Escape = typeof escapeTree extends fc.Arbitrary<infer T> ? T : never;

/** Lays the tree out on disk beside a folder of secrets. Entries that do not fit where another is are left out. */
export function layOut({ entries }: Escape): { readonly folder: string; readonly root: string } {
  const folder = mkdtempSync(join(tmpdir(), "muster-escape-"));
  const root = join(folder, "root");
  const outside = join(folder, "outside");
  for (const path of [join(root, "proc"), join(root, "etc"), outside]) mkdirSync(path, { recursive: true });
  writeFileSync(join(outside, "secret"), outsideWord);
  for (const { at, is } of entries) {
    try {
      mkdirSync(join(root, ...at.slice(0, -1)), { recursive: true });
      if (is.kind === "file") writeFileSync(join(root, ...at), `inside ${at.join("/")}`, { flag: "wx" });
      else symlinkSync(is.text.replace("OUT", outside), join(root, ...at));
    } catch {
      // Another entry is there already, or stands as a file where a folder would have to be.
    }
  }
  return { folder, root };
}
