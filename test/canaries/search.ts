import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/** A secret by a name that may be printed. */
export interface Canary {
  readonly name: string;
  readonly secret: string;
}

/** Something that was written somewhere. */
export interface Output {
  readonly place: string;
  readonly bytes: Buffer;
}

/** Every output in which a secret stands: as it is, percent-encoded, in hexadecimal, or anywhere inside some base64. */
export function findCanaries(outputs: readonly Output[], canaries: readonly Canary[]): readonly string[] {
  return outputs.flatMap(({ place, bytes }) =>
    canaries.flatMap(({ name, secret }) => {
      const form = formsOf(secret).find(([, text]) => bytes.includes(text));
      return form === undefined ? [] : [`${name} (${form[0]}) in ${place}`];
    }),
  );
}

function formsOf(secret: string): readonly (readonly [string, string])[] {
  const bytes = Buffer.from(secret);
  // Where a secret begins within three bytes decides its base64; the characters at both ends depend on its neighbours.
  const inside = [0, 1, 2].flatMap((lead) => {
    const text = Buffer.concat([Buffer.alloc(lead), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    const core = text.slice(lead === 0 ? 0 : lead + 1, -1);
    return [core, core.replaceAll("+", "-").replaceAll("/", "_")];
  });
  return [
    ["plain", secret],
    ["percent-encoded", encodeURIComponent(secret)],
    ["hexadecimal", bytes.toString("hex")],
    ...inside.map((text) => ["base64", text] as const),
  ];
}

/** All files below a folder, those that are packed also unpacked. `leaveOut` are paths from the folder. */
export function filesBelow(folder: string, leaveOut: readonly string[] = []): readonly Output[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.flatMap((entry): readonly Output[] => {
    const path = join(entry.parentPath, entry.name);
    if (leaveOut.includes(path.slice(folder.length + 1))) return [];
    const bytes = readFileSync(path);
    const packed = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return [{ place: path, bytes }, ...(packed ? [{ place: `${path} (unpacked)`, bytes: gunzipSync(bytes) }] : [])];
  });
}
