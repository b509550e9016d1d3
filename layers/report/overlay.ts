import type { HdfProfile } from "./hdf.ts";
import type { HdfControl } from "./hdf-control.ts";
import { unreadable } from "./json.ts";

/** One copy of a control among the layers of an overlay. */
interface Copy {
  readonly control: HdfControl;
  extended: boolean;
  below: Copy | undefined;
}

interface Layer {
  readonly profile: HdfProfile;
  readonly copies: readonly Copy[];
  readonly children: Layer[];
  parent: Layer | undefined;
}

/**
 * The controls that nobody extends, each as its root copy has it, in the order of the document. Links as inspecjs does:
 * along `parent_profile` by control id, and by id alone for a profile without kin. Throws a ScanError when profiles
 * extend each other in a circle.
 */
export function linkControls(profiles: readonly HdfProfile[]): readonly HdfControl[] {
  const layers = layersOf(profiles);
  const copies = layers.flatMap((layer) => layer.copies);
  const byId = Map.groupBy(copies, ({ control }) => control.id);
  for (const layer of layers) {
    const kin = layer.children.length > 0 || layer.parent !== undefined;
    const indexes = layer.children.map(({ copies }) => firstById(copies));
    for (const copy of layer.copies) {
      const id = copy.control.id;
      const below = kin ? indexes.map((index) => index.get(id)).find(Boolean) : populated(byId.get(id) ?? []);
      if (below === undefined || below === copy) continue;
      below.extended = true;
      copy.below = below;
    }
  }
  return copies.filter(({ extended }) => !extended).map((copy) => rootOf(copy).control);
}

function layersOf(profiles: readonly HdfProfile[]): readonly Layer[] {
  const layers = profiles.map((profile): Layer => {
    const copies = profile.controls.map((control): Copy => ({ control, extended: false, below: undefined }));
    return { profile, copies, children: [], parent: undefined };
  });
  for (const layer of layers) {
    layer.parent = layers.find(({ profile }) => profile.name === layer.profile.parent);
    layer.parent?.children.push(layer);
  }
  for (const layer of layers) refuseCircle(layer, layers.length);
  return layers;
}

function refuseCircle(layer: Layer, depth: number): void {
  let above: Layer | undefined = layer;
  for (let steps = 0; above !== undefined; steps += 1) {
    if (steps > depth) throw unreadable(`profile ${layer.profile.name}`, "extends itself through its parents");
    above = above.parent;
  }
}

function firstById(copies: readonly Copy[]): ReadonlyMap<string, Copy> {
  return new Map(copies.toReversed().map((copy) => [copy.control.id, copy]));
}

/** Of equal ids in unrelated profiles, the first with results stands for all. */
function populated(copies: readonly Copy[]): Copy | undefined {
  return copies.find(({ control }) => control.results.length > 0) ?? copies[0];
}

function rootOf(copy: Copy): Copy {
  let root = copy;
  while (root.below !== undefined) root = root.below;
  return root;
}
