import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Something that somebody else made, with its version, as a CycloneDX component. */
export interface Component {
  readonly type: "library" | "application" | "operating-system";
  readonly "bom-ref"?: string;
  readonly name: string;
  readonly version: string;
  readonly purl?: string;
  readonly licenses?: readonly { readonly expression: string }[];
  readonly hashes?: readonly { readonly alg: "SHA-512" | "SHA-256"; readonly content: string }[];
}

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly license?: string;
}

/** npm packages by the folders that they lie in (`node_modules/…`), as a package-lock.json pins them. */
export function npmComponents(lockFile: string, folders: readonly string[]): readonly Component[] {
  const { packages } = JSON.parse(readFileSync(lockFile, "utf8")) as { packages: Record<string, Locked> }; // npm wrote it
  return folders.map((folder) => {
    const { version, integrity, license } = packages[folder] ?? {};
    if (version === undefined) throw new Error(`${lockFile} does not pin ${folder}`);
    const name = folder.slice(folder.lastIndexOf("node_modules/") + "node_modules/".length);
    const [, digest] = /^sha512-(\S+)$/.exec(integrity ?? "") ?? [];
    return {
      ...{ type: "library", name, version, purl: `pkg:npm/${name.replace(/^@/, "%40")}@${version}` },
      ...(license !== undefined && { licenses: [{ expression: license }] }),
      ...(digest !== undefined && {
        hashes: [{ alg: "SHA-512", content: Buffer.from(digest, "base64").toString("hex") }],
      }),
    };
  });
}

/** Libraries that are linked into the runtime client: `linked.txt`, a name and a version a line. */
export function linkedComponents(linked: string): readonly Component[] {
  return linked
    .trim()
    .split("\n")
    .map((line) => {
      const [, name, version] = /^(\S+) (\d\S*)$/.exec(line) ?? [];
      if (name === undefined || version === undefined) throw new Error(`linked.txt: "${line}" is no name and version`);
      return { type: "library", name, version, purl: `pkg:generic/${name}@${version}` };
    });
}

/** Gems by their specifications in a folder that Bundler installed into. */
export function gemComponents(gems: string): readonly Component[] {
  const root = join(gems, "ruby");
  const specifications = readdirSync(root).flatMap((version) => readdirSync(join(root, version, "specifications")));
  return specifications
    .flatMap((file) => {
      const [, name, version] = /^(.+?)-(\d[\w.]*)(?:-[a-z].*)?\.gemspec$/.exec(file) ?? [];
      return name === undefined || version === undefined ? [] : [{ name, version }];
    })
    .map(({ name, version }) => ({ type: "library", name, version, purl: `pkg:gem/${name}@${version}` }));
}

/** Installed packages of a Debian, by its /var/lib/dpkg/status (deb-control(5)). */
export function debianComponents(status: string): readonly Component[] {
  return status.split(/\n\n+/).flatMap((paragraph) => {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(paragraph)?.[1];
    const [name, version, architecture] = [field("Package"), field("Version"), field("Architecture")];
    if (name === undefined || version === undefined || field("Status") !== "install ok installed") return [];
    const qualifiers = architecture === undefined ? "" : `?arch=${architecture}`;
    const purl = `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}${qualifiers}`;
    return [{ type: "library", name, version, purl }];
  });
}
