import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { runMuster } from "#test/support/run-muster.ts";

it("muster --version prints the package's own", async () => {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  expect(await runMuster(["--version"])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: "" });
});
