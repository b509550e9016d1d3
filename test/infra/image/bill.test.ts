import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { debianComponents, gemComponents, linkedComponents, npmComponents } from "../../../infra/image/components.ts";
import { readOptions } from "../../../infra/image/options.ts";
import { billOfMaterials } from "../../../infra/image/sbom.ts";

const folder = mkdtempSync(join(tmpdir(), "muster-bill-"));
afterAll(() => rmSync(folder, { recursive: true }));

const lock = new URL("../../../package-lock.json", import.meta.url).pathname;

describe("a bill of materials", () => {
  it("names npm packages with the version and the digest that the lock file pins", () => {
    expect(npmComponents(lock, ["node_modules/@middy/core"])).toEqual([
      {
        ...{ type: "library", name: "@middy/core", version: "7.9.2", purl: "pkg:npm/%40middy/core@7.9.2" },
        licenses: [{ expression: "MIT" }],
        hashes: [{ alg: "SHA-512", content: expect.stringMatching(/^[0-9a-f]{128}$/) }],
      },
    ]);
  });

  it("refuses a package that no lock file pins", () => {
    expect(() => npmComponents(lock, ["node_modules/not-there"])).toThrow(/does not pin node_modules\/not-there/);
  });

  it("names gems by their specifications, native ones without their platform", () => {
    const specifications = join(folder, "ruby/3.1.0/specifications");
    mkdirSync(specifications, { recursive: true });
    for (const file of ["inspec-core-5.24.24.gemspec", "ffi-1.17.4-x86_64-linux-gnu.gemspec", "t-2-3.0.gemspec"]) {
      writeFileSync(join(specifications, file), "");
    }
    expect(gemComponents(folder).map(({ purl }) => purl)).toEqual(
      expect.arrayContaining(["pkg:gem/inspec-core@5.24.24", "pkg:gem/ffi@1.17.4"]),
    );
  });

  it("names what is linked into the runtime client, and refuses a library without a version", () => {
    expect(linkedComponents("curl 7.83.1\naws-lambda-cpp 0.2.6\n").map(({ purl }) => purl)).toEqual([
      "pkg:generic/curl@7.83.1",
      "pkg:generic/aws-lambda-cpp@0.2.6",
    ]);
    expect(() => linkedComponents("curl \n")).toThrow(/"curl ?" is no name and version/);
  });

  it("names the Debian packages that are installed, and not those of which only settings are left", () => {
    const status = [
      "Package: libstdc++6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 12.2.0-14+deb12u1\nDescription: x\n more",
      "Package: gone\nStatus: deinstall ok config-files\nVersion: 1",
    ].join("\n\n");
    expect(debianComponents(status)).toEqual([
      {
        ...{ type: "library", name: "libstdc++6", version: "12.2.0-14+deb12u1" },
        purl: "pkg:deb/debian/libstdc%2B%2B6@12.2.0-14%2Bdeb12u1?arch=amd64",
      },
    ]);
  });

  it("is the same for the same image, and lists each part once", () => {
    const part = { type: "library", name: "a", version: "1", purl: "pkg:gem/a@1" } as const;
    const bill = () => billOfMaterials({ image: "i", version: "1", sha256: "ab".repeat(32), components: [part, part] });
    expect(bill()).toBe(bill());
    expect(JSON.parse(bill())).toMatchObject({
      ...{ bomFormat: "CycloneDX", specVersion: "1.6", version: 1 },
      serialNumber: expect.stringMatching(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/),
      components: [{ ...part, "bom-ref": "pkg:gem/a@1" }],
      dependencies: [{ ref: "image", dependsOn: ["pkg:gem/a@1"] }],
    });
  });
});

describe("the options of npm run image", () => {
  it.each([
    [["--name", "short"], /^--name short: must be HOST\/NAME:TAG/],
    [["--auditor", "cinc"], /^--auditor cinc: say with --gems where its gems are/],
    [["--auditor", "CINC!", "--gems", "x"], /^--auditor CINC!: must be lower-case/],
    [["--gems", "/nowhere"], /^--gems \/nowhere: there is no ruby\/ in it/],
    [["--speed", "9"], /--speed/],
  ])("refuse %j", (words, message) => {
    expect(() => readOptions(words)).toThrow(message);
  });

  it("take another base and another distribution of the auditor", () => {
    mkdirSync(join(folder, "ruby"), { recursive: true });
    const words = ["--base", "docker.io/library/debian:12-slim", "--auditor", "cinc", "--gems", folder];
    expect(readOptions(words)).toMatchObject({
      base: "docker.io/library/debian:12-slim",
      auditor: "cinc",
      gems: folder,
    });
  });
});
