import { shellOut } from "#embedded/cluster/images/shell-out.ts";

/** One layer of a docker-archive, bottom first, with the Dockerfile's line that made it. */
export interface Layer {
  readonly path: string;
  readonly sizeBytes: number;
  readonly madeBy: string;
}

interface Manifest {
  readonly Config: string;
  readonly Layers: readonly string[];
}
interface Config {
  readonly history: readonly { readonly created_by?: string; readonly empty_layer?: boolean }[];
}

/** The layers of the first image in a docker-archive (its layers are uncompressed tars). */
export function layersOf(archive: string): readonly Layer[] {
  const text = (name: string) => shellOut("tar", ["-xOf", archive, name]);
  const [manifest] = JSON.parse(text("manifest.json")) as Manifest[]; // the image specification's own form
  if (manifest === undefined) throw new Error(`${archive} holds no image`);
  const { history } = JSON.parse(text(manifest.Config)) as Config;
  const makers = history.filter(({ empty_layer }) => !empty_layer).map(({ created_by = "" }) => created_by);
  const sizes = new Map(
    shellOut("tar", ["-tvf", archive])
      .split("\n")
      .map((line) => line.split(/\s+/))
      .map((fields) => [fields[5] ?? "", Number(fields[2])] as const),
  );
  return manifest.Layers.map((path, index) => ({
    path,
    sizeBytes: sizes.get(path) ?? 0,
    madeBy: (makers[index] || "the base image")
      .replace(/^\/bin\/sh -c (#\(nop\) )?/, "")
      .replace(/(file|dir):[0-9a-f]+ in /, "")
      .replace(/\s+/g, " "),
  }));
}

/** A file of the image as the topmost layer that has it tells; undefined when there is none. Paths have no leading slash. */
export function fileInImage(archive: string, path: string): string | undefined {
  for (const layer of layersOf(archive).toReversed()) {
    const text = shellOut("sh", [
      "-c",
      'tar -xOf "$1" "$2" | tar -xO "$3" 2>/dev/null || tar -xOf "$1" "$2" | tar -xO "./$3" 2>/dev/null || true',
      ...["sh", archive, layer.path, path],
    ]);
    if (text !== "") return text;
  }
  return undefined;
}
