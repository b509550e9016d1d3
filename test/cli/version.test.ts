import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { verbs } from "#cli/verbs.ts";
import { runMuster } from "#test/support/run-muster.ts";

it("muster --version prints the package's own", async () => {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  expect(await runMuster(["--version"])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: "" });
});

it("muster --help names every verb, and each is called as it is listed", async () => {
  const { code, stdout } = await runMuster(["--help"]);
  expect(code).toBe(0);
  const listed = [...stdout.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name);
  expect(listed).toEqual([...Object.keys(verbs), "help"]);
  for (const [name, load] of Object.entries(verbs)) expect((await load()).name()).toBe(name);
});

it.each(["scann", "toString", ""])("muster %j is an unknown command or none, and ends with 2", async (word) => {
  const { code, stdout, stderr } = await runMuster(word === "" ? [] : [word]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(word === "" ? /^Usage: muster/ : /^error: unknown command/);
});
