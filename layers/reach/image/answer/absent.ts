import { type Said, said } from "./said.ts";
import { inodeAt, type View } from "./view.ts";

const usualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * Programs of other systems, by which the auditor finds out what it looks at (Train 3.16, detect): that an image of Linux
 * has none of them is all that is asked.
 */
const foreign = new Set(["cmd.exe", "Get-WmiObject", "Select", "ConvertTo-Json", "show", "version"]);

/**
 * As a shell says that it cannot run a program, for those whose being there is the question itself. Of any other its
 * absence would be taken for its answer: that there is no such package, account, process or port.
 */
export function absent(view: View, name: string): Said | undefined {
  if (!foreign.has(name) || programAt(view, name) !== undefined) return undefined;
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
