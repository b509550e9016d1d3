import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = new URL("../../", import.meta.url).pathname;

/** Which rooms a room may import from; its own is always allowed. The order of the house, top to bottom. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  "layers/contract": [],
  "layers/cluster": ["layers/contract"],
  "layers/signing": ["layers/contract"],
  "layers/report": ["layers/contract", "layers/signing"],
  "layers/aws": ["layers/contract"],
  "layers/ledger": ["layers/contract", "layers/signing"],
  "layers/commands": [],
  "layers/reach": ["layers/contract", "layers/cluster", "layers/commands"],
  "layers/audit": ["layers/contract", "layers/commands"],
  functions: [
    "layers/contract",
    "layers/cluster",
    "layers/commands",
    "layers/reach",
    "layers/audit",
    "layers/report",
    "layers/aws",
    "layers/ledger",
    "layers/signing",
  ],
  infra: ["layers/contract", "layers/aws", "functions"],
  "infra/embedded/cluster": [],
  "infra/embedded/aws": [],
  "infra/embedded/registry": [],
  "infra/image": ["infra", "infra/embedded/cluster"],
  "infra/embedded": ["infra/embedded/aws", "functions", "layers/*"],
  cli: ["functions", "layers/*", "infra/embedded", "infra/embedded/cluster"],
};

interface Import {
  readonly file: string;
  readonly room: string;
  readonly target: string;
}

function roomOf(path: string): string | undefined {
  return Object.keys(arrows)
    .filter((room) => path.startsWith(`${room}/`))
    .sort((a, b) => b.length - a.length)[0];
}

const aliases = Object.entries(
  (JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { imports: Record<string, string> }).imports,
).map(([alias, path]) => [alias.replace("*", ""), path.replace("./", "").replace("*", "")] as const);

function resolve(file: string, specifier: string): string | undefined {
  if (specifier.startsWith(".")) return join(file, "..", specifier);
  const alias = aliases.find(([prefix]) => specifier.startsWith(prefix));
  return alias === undefined ? undefined : specifier.replace(alias[0], alias[1]);
}

const files = ["layers", "functions", "infra", "cli"].flatMap((top) =>
  readdirSync(join(root, top), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !path.includes("node_modules"))
    .map((path) => join(top, path)),
);

const specifiers = (file: string) =>
  [...readFileSync(join(root, file), "utf8").matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(
    (match) => match[1] ?? "",
  );

const imports: readonly Import[] = files.flatMap((file) => {
  const room = roomOf(file);
  return room === undefined
    ? []
    : specifiers(file).flatMap((specifier) => {
        const target = resolve(file, specifier);
        return target === undefined ? [] : [{ file, room, target }];
      });
});

describe("the house", () => {
  it("has code in every room that the arrows name", () => {
    const rooms = new Set(files.map(roomOf));
    expect(Object.keys(arrows).filter((room) => !rooms.has(room))).toEqual([]);
  });

  it("lets imports run downward only", () => {
    const wrong = imports.filter(({ room, target }) => {
      const to = roomOf(target);
      if (to === undefined || to === room) return to === undefined;
      return !(arrows[room] ?? []).some((allowed) =>
        allowed.endsWith("/*") ? to.startsWith(allowed.slice(0, -1)) : allowed === to,
      );
    });
    expect(wrong.map(({ file, target }) => `${file} → ${target}`)).toEqual([]);
  });

  it("keeps the AWS SDK in layers/aws and in what stands in for the cloud", () => {
    const users = files.filter((file) => specifiers(file).some((specifier) => specifier.startsWith("@aws-sdk/")));
    const allowed = [
      "layers/aws/",
      "infra/embedded/run.ts",
      "infra/embedded/store.ts",
      "infra/embedded/event-source-mapping.ts",
      "infra/embedded/aws/",
    ];
    expect(users.filter((file) => !allowed.some((place) => file.startsWith(place)))).toEqual([]);
  });

  it("keeps contract free of everything but zod and node's own modules", () => {
    const outside = files
      .filter((file) => file.startsWith("layers/contract/"))
      .flatMap(specifiers)
      .filter((specifier) => !specifier.startsWith(".") && !specifier.startsWith("node:"));
    expect([...new Set(outside)]).toEqual(["zod"]);
  });

  it("has no file over 300 lines", () => {
    const long = files.filter((file) => readFileSync(join(root, file), "utf8").split("\n").length > 301);
    expect(long).toEqual([]);
  });
});
