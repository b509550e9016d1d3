import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { controlsOf, scene, statuses } from "./scene.ts";

const { audit, folder, refusal } = scene();

function inputFile(text: string): string {
  const path = join(folder(), "given.yaml");
  writeFileSync(path, text);
  return path;
}

test("an input file is read by the auditor itself, as `inspec exec --input-file` reads it", async () => {
  const lines = ["allow: no", "mode: 0644", "size: 1_000", "tls: 1.0", "big: 12345678901234567890", "day: 2027-01-01"];
  const path = inputFile([...lines, "time: 12:30", 'text: "no"'].join("\n"));
  const audited = await audit("typed-inputs", { inputFile: path, inputs: { own: { of: "muster" } } });
  const told = controlsOf(audited).get("inputs")?.title;
  expect(told).toBe(
    'allow=false mode=420 size=1000 tls=1.0 big=12345678901234567890 day=#<Date: 2027-01-01 ((2461407j,0s,0n),+0s,2299161j)> time=45000 text="no" own={"of"=>"muster"}',
  );
  expect(statuses(audited, "inputs")).toEqual(["passed"]);
});

test("an input file that the auditor cannot read is the profile's material at fault, and is named", async () => {
  const error = await refusal("typed-inputs", { inputFile: inputFile("a: &b 1\nc: *b\n") });
  expect(error).toMatchObject({ code: "profile-invalid", message: expect.stringContaining("given.yaml") });
});
