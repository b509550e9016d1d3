import { printable } from "#cluster/status.ts";
import { ScanError } from "#contract/errors.ts";
import { type Target, targetName } from "#contract/target.ts";
import type { SessionRefused } from "../loss.ts";
import type { Ids } from "./form.ts";

/** The toolbox runs, and the kernel does not let it look into the target. `ids` are the target's own. */
export class LookDenied extends Error {
  readonly ids: Ids | undefined;

  constructor(words: string, ids: Ids | undefined) {
    super(words);
    this.ids = ids;
  }
}

/** No process of the target's container is visible: a runtime that did as it liked, or a container that only now starts. */
export class TargetUnseen extends ScanError {}

/** What a shell that did not come up inside the target means; the scripts in this folder say it as `muster: WORD`. */
export function whyNotInside(refused: SessionRefused, target: Target): Error {
  const { how } = refused;
  const words = refused.words.trim();
  const [, word = "", rest = ""] = /^muster: (\S+) ?(.*)$/m.exec(words) ?? [];
  const name = targetName(target);
  const refuse = (text: string) => new ScanError("toolbox-refused", `${name}: ${text}`);
  if (word === "denied") return denied(rest);
  if (word === "unseen") {
    const why = "the runtime did not join the target's process namespace, or hides processes";
    return new TargetUnseen("toolbox-refused", `${name}: no process of the target's container can be seen: ${why}`);
  }
  if (word === "groups")
    return refuse("the root of the toolbox is read-only, so it cannot take on the groups of the target's process");
  if (word === "applets" || word === "gosu") {
    const lack = word === "gosu" ? "has no /bin/gosu" : "has a busybox that does not run its own applets";
    return new ScanError("toolbox-image", `${name}: the toolbox image ${lack}`, { retryable: false });
  }
  if (/can't change root directory|Operation not permitted|Permission denied/i.test(words)) return denied("", words);
  if (how.kind === "lost") return new ScanError("connection-lost", `${name}: ${how.message}`);
  const said = printable([how.kind === "refused" ? how.message : "", words].filter(Boolean).join(": "));
  return refuse(`no shell came up in the toolbox: ${said || "it ended without a word"}`);
}

function denied(ids: string, words = `the target's process runs as ${ids}`): LookDenied {
  const [uid = Number.NaN, gid = Number.NaN] = ids.split(":").map(Number);
  const known = Number.isInteger(uid) && Number.isInteger(gid) && ids !== "";
  return new LookDenied(printable(words), known ? { uid, gid } : undefined);
}
