import type { Case } from "./case.ts";
import { access } from "./cases/access.ts";
import { amounts } from "./cases/amount.ts";
import { deadlines } from "./cases/deadline.ts";
import { detection } from "./cases/detection.ts";
import { files } from "./cases/files.ts";
import { further } from "./cases/further.ts";
import { identity } from "./cases/identity.ts";
import { isolation } from "./cases/isolation.ts";
import { loads } from "./cases/load.ts";
import { losses } from "./cases/loss.ts";
import { refusals } from "./cases/refusals.ts";
import { status } from "./cases/status.ts";
import { stdin } from "./cases/stdin.ts";
import { streams } from "./cases/streams.ts";
import { text } from "./cases/text.ts";
import { windows } from "./cases/windows.ts";

/** Every case of the suite, by number. */
export const cases: readonly Case[] = [
  ...[...streams, ...status, ...amounts, ...text, ...stdin, ...isolation],
  ...[
    ...detection,
    ...refusals,
    ...losses,
    ...deadlines,
    ...loads,
    ...identity,
    ...access,
    ...files,
    ...further,
    ...windows,
  ],
].sort((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)));
