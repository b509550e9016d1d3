import * as z from "zod";
import type { ObjectStore } from "#contract/objects.ts";
import type { Remembered } from "../ahead/plan.ts";
import type { Asked } from "../answers.ts";
import { HintList, merged, rememberedFrom } from "./hint-list.ts";

/** What one profile with one set of inputs asked so far, by platform, and on which platform an image turned out to be. */
const Hints = z.strictObject({
  schemaVersion: z.literal(1),
  platforms: z.record(z.string(), HintList),
  images: z.record(z.string(), z.string()),
});
type Hints = z.infer<typeof Hints>;

/** Which hints a scan may use. */
export interface HintScope {
  /** Digest of the packed profile, dependencies in it. */
  readonly profile: string;
  /** Digest of the inputs, if there are any. */
  readonly inputs: string | undefined;
  /** Options that change what is asked. */
  readonly manner: readonly string[];
}

const mostPlatforms = 16;
const mostImages = 512;
const mostTries = 4;

/** S3 key of a scope's hints. Published bucket, replaced with If-Match. */
export const hintsKey = ({ profile, inputs, manner }: HintScope) =>
  `hints/v1/${profile}/${[inputs ?? "none", ...manner].join(".")}.json`;

/**
 * The commands to expect in a container of this image: those of its platform, or, where the image is new, of the
 * platform that was scanned most, or, before the first scan, of all that the profile was dry-run on. Hints only save
 * time, so whatever is wrong with them is as if there were none.
 */
export async function recall(store: ObjectStore, scope: HintScope, image: string): Promise<readonly Remembered[]> {
  const { hints } = await read(store, scope);
  const own = hints.platforms[hints.images[image] ?? ""];
  if (own !== undefined) return rememberedFrom(own);
  const lists = Object.values(hints.platforms).sort((one, other) => other.scans - one.scans);
  const [most] = lists;
  if (most !== undefined && most.scans > 0) return rememberedFrom(most);
  const all = new Map(lists.flatMap(rememberedFrom).map((each) => [each.key, each]));
  return [...all.values()];
}

/** Keeps what a profile asked in dry runs, by platform. What real scans have told already stays. */
export async function expectFrom(
  store: ObjectStore,
  scope: HintScope,
  lists: ReadonlyMap<string, HintList>,
): Promise<void> {
  await change(store, scope, (hints) => ({
    ...hints,
    platforms: { ...Object.fromEntries(lists), ...hints.platforms },
  }));
}

/** Adds what a scan asked. Of many writers at once some may give up: the next scan will say it again. */
export async function remember(
  store: ObjectStore,
  scope: HintScope,
  { image, platform, asked }: { readonly image: string; readonly platform: string; readonly asked: readonly Asked[] },
): Promise<void> {
  await change(store, scope, (hints) => {
    const platforms = { ...hints.platforms, [platform]: merged(hints.platforms[platform], asked) };
    const { [image]: _, ...others } = hints.images;
    const images = image === "" ? others : { ...others, [image]: platform };
    return { schemaVersion: 1, platforms: fewest(platforms, platform), images: newest(images, mostImages) };
  });
}

async function change(store: ObjectStore, scope: HintScope, next: (hints: Hints) => Hints): Promise<void> {
  for (let left = mostTries; left > 0; left -= 1) {
    const { hints, etag } = await read(store, scope);
    const bytes = new TextEncoder().encode(JSON.stringify(next(hints)));
    if ((await store.replace(hintsKey(scope), bytes, { contentType: "application/json" }, etag)) === "replaced") return;
  }
}

async function read(store: ObjectStore, scope: HintScope): Promise<{ hints: Hints; etag: string | undefined }> {
  const found = await store.read(hintsKey(scope)).catch(() => undefined);
  const parsed = found && Hints.safeParse(parse(found.bytes));
  const hints: Hints = parsed?.data ?? { schemaVersion: 1, platforms: {}, images: {} };
  return { hints, etag: found?.etag };
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

/** The platforms that were scanned most, and always the one that was scanned now. */
function fewest(platforms: Hints["platforms"], now: string): Hints["platforms"] {
  const most = Object.entries(platforms).sort(([name, one], [other, two]) =>
    name === now ? -1 : other === now ? 1 : two.scans - one.scans,
  );
  return Object.fromEntries(most.slice(0, mostPlatforms));
}

const newest = (images: Hints["images"], most: number) => Object.fromEntries(Object.entries(images).slice(-most));
