import { type Said, said } from "./said.ts";
import { inodeAt, type View } from "./view.ts";

const usualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Words that a shell runs itself: that no program has the name says nothing. */
const builtins = new Set(
  "alias bg break cd command continue eval exec exit export fc fg getopts hash jobs kill local printf pwd read readonly return set shift source time times trap type ulimit umask unalias unset wait . [[ { }".split(
    " ",
  ),
);

/** A program that is not in the image cannot be run, as a shell says it; of one that is there nothing is known. */
export function absent(view: View, name: string): Said | undefined {
  if (builtins.has(name) || !/^[A-Za-z0-9_./+-]+$/.test(name)) return undefined;
  if (name.includes("/")) {
    if (!name.startsWith("/") || inodeAt(view, name) !== undefined) return undefined;
  } else if (programAt(view, name) !== undefined) return undefined;
  return said(127, "", `sh: ${name}: not found\n`);
}

/** `type x` and `which x`: where the image's search path has it. `words` go before the path. */
export function whereIs(view: View, name: string, words: string): Said {
  const path = name.includes("/") ? (isProgram(view, name) ? name : undefined) : programAt(view, name);
  return path === undefined ? said(127, "", `${name}: not found\n`) : said(0, `${words}${path}\n`);
}

function programAt(view: View, name: string): string | undefined {
  const set = view.image.config.config?.Env?.find((each) => each.startsWith("PATH="))?.slice("PATH=".length);
  const folders = (set || usualPath).split(":").filter((folder) => folder.startsWith("/"));
  return folders.map((folder) => `${folder}/${name}`).find((path) => isProgram(view, path));
}

function isProgram(view: View, path: string): boolean {
  const inode = inodeAt(view, path);
  return inode?.type === "file" && (inode.mode & 0o111) !== 0;
}
