import { createHash } from "node:crypto";
import { capabilitiesOf, type Form, wayOf } from "./form.ts";

/** Counts up when a toolbox of an older muster would no longer do. */
const version = 1;
const prefix = "muster-toolbox-";

/** Whether an ephemeral container is one of ours, of whatever version. */
export const isToolbox = (name: string) => name.startsWith(prefix);

/**
 * Names of a toolbox for one purpose, in the order in which they are used up: an ended container keeps its name for the
 * pod's life. The same purpose gives the same names, so that a running one is found again and used for nothing else.
 */
export function* namesOf(form: Form, image: string, target: string): Generator<string> {
  const ids = form.kind === "same-ids" ? form.ids : { uid: 0, gid: 0 };
  const purpose = [target, wayOf(form), ids.uid, ids.gid, image, ...capabilitiesOf(form)];
  const hash = createHash("sha256").update(JSON.stringify(purpose)).digest("hex").slice(0, 10);
  yield `${prefix}${version}-${hash}`;
  for (let again = 2; ; again += 1) yield `${prefix}${version}-${hash}-${again}`;
}

/** Whether a toolbox was made for just this. */
export function servesFor(name: string, form: Form, image: string, target: string): boolean {
  const { value } = namesOf(form, image, target).next();
  return name === value || name.startsWith(`${value}-`);
}
