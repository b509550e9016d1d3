import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { profile, scene, statuses } from "./scene.ts";

const { audit, refusal, folder } = scene();

describe("a profile that cannot be judged ends with a reason and names its fault", () => {
  test.each([
    ["broken-syntax", "profile-invalid", /syntax error/],
    ["raises-in-file", "profile-invalid", /nothing works/],
    ["no-metadata", "profile-invalid", /no inspec\.yml/],
    ["wrong-platform", "profile-mismatch", /platform-family windows.*target is \w+\/\S+/],
    ["newer-auditor", "profile-mismatch", />= 6\.0.*5\.24\.24/],
    ["needs-newer", "profile-mismatch", /base asks for an auditor >= 6\.0/],
    ["path-outside", "profile-invalid", /dependency mixed: path \.\.\/mixed is not a folder inside/],
    ["url-dependency", "profile-invalid", /dependency far: url https:\/\/example\.test\/far\.tar\.gz is not vendored/],
    ["name-dependency", "profile-invalid", /dependency somewhere: supermarket is not vendored/],
    ["wants-gem", "profile-invalid", /wants gems of its own \(left-pad\)/],
  ] as const)("%s: %s", async (name, code, message) => {
    expect(await refusal(name)).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test("a folder that is not there is an unknown profile", async () => {
    expect(await refusal("mixed", { profile: profile("never-registered") })).toMatchObject({ code: "profile-unknown" });
  });

  test("a file that is no archive is an invalid profile", async () => {
    expect(await refusal("mixed", { profile: profile("mixed/inspec.yml") })).toMatchObject({ code: "profile-invalid" });
  });
});

test.each([
  ["newer-auditor", "x"],
  ["needs-newer", "from-base"],
])("%s runs where the request allows the older auditor, and the result says so", async (name, control) => {
  const audited = await audit(name, { olderAuditor: true });
  expect(audited).toMatchObject({ older: true, exitCode: 0 });
  expect(statuses(audited, control)).toEqual(["passed"]);
});

test("allowing the older auditor says nothing where it made no difference", async () => {
  expect(await audit("raises-in-control", { olderAuditor: true })).toMatchObject({ older: false });
});

describe("a waiver file with a fault is refused before anything runs, and the fault is named", () => {
  test.each([
    ["w.yaml", "waived-once:\n  run: false\n", /waived-once: has no justification/],
    ["w.yaml", "waived-once:\n  justification: x\n  run: perhaps\n", /run must be true or false/],
    ["w.yaml", "waived-once:\n  justification: x\n  expiration_date: someday\n", /"someday" is not a date/],
    ["w.yaml", "waived-once: [", /w\.yaml/],
    ["w.json", "{", /w\.json/],
    ["w.csv", "control,justification\na,b\n", /no column control_id/],
    ["w.txt", "x", /must end in/],
    ["w.yaml", "- a\n", /not a table of controls/],
  ])("%s %j", async (name, content, message) => {
    const waivers = join(await mkdtemp(join(folder(), "waivers-")), name);
    await writeFile(waivers, content);
    expect(await refusal("waived", { waivers })).toMatchObject({
      code: "profile-invalid",
      message: expect.stringMatching(message),
    });
  });

  test("one that is not there", async () => {
    expect(await refusal("waived", { waivers: join(folder(), "none.yaml") })).toMatchObject({
      code: "profile-invalid",
      message: expect.stringMatching(/none\.yaml/),
    });
  });
});

test("inputs beyond any reason are refused before they reach the auditor", async () => {
  expect(await refusal("inputs", { inputs: { words: "x".repeat(5_000_000) } })).toMatchObject({ code: "too-large" });
});
