import { type Accounts, accountsFrom } from "../../toolbox/read/accounts.ts";
import { type Covers, cover } from "../covered.ts";
import type { OpenImage } from "../open-image.ts";
import type { Inode } from "../tree.ts";
import { type Found, walk } from "../walk.ts";

/** The question cannot be answered from an image; `message` says why, and it is never a verdict. */
export class NotFromImage extends Error {}

/** What root would see in a container of the image that nobody has changed. */
export interface View {
  readonly image: OpenImage;
  readonly covers: Covers;
  readonly accounts: Accounts;
  /** What relative paths are below. */
  readonly workingDir: string;
}

export interface ViewOptions {
  /** Mount points of volumes in the container. */
  readonly mounts?: readonly string[] | undefined;
  /** As the pod sets it, in place of the image's. */
  readonly workingDir?: string | undefined;
}

export async function viewOf(image: OpenImage, { mounts = [], workingDir }: ViewOptions = {}): Promise<View> {
  const covers = cover(image.root, mounts);
  const text = async (path: string) => {
    const found = walk(image.root, path, { follow: true, covered: covers });
    if (found.kind !== "there" || found.inode.type !== "file") return "";
    return Buffer.from(await image.contents.read(found.inode)).toString("latin1");
  };
  const accounts = accountsFrom(await text("/etc/passwd"), await text("/etc/group"));
  return { image, covers, accounts, workingDir: workingDir ?? (image.config.config?.WorkingDir || "/") };
}

/** Where a path leads, if the image can tell. Throws NotFromImage where something is mounted over it. */
export function look(view: View, path: string, follow = true): Exclude<Found, { kind: "covered" }> {
  const whole = path === "" || path.startsWith("/") ? path : `${view.workingDir}/${path}`;
  const found = walk(view.image.root, whole, { follow, covered: view.covers });
  if (found.kind === "covered") throw new NotFromImage(`${found.path} is not the image's own in a container`);
  return found;
}

/** The inode at a path; undefined where there is none. */
export function inodeAt(view: View, path: string, follow = true): Inode | undefined {
  const found = look(view, path, follow);
  return found.kind === "there" ? found.inode : undefined;
}
