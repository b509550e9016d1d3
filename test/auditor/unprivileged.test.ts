import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const script = fileURLToPath(new URL("audit-as-nobody.ts", import.meta.url));
const profiles = fileURLToPath(new URL("profiles", import.meta.url));
// A uid that nobody else on the machine has, so that its processes can be counted.
const uid = 64_321;

test("without any privilege, as in a function, profiles are held in the same way and leave nothing behind", async () => {
  const names = ["vendored-by-path", "forks", "kills-parent", "closes-descriptors", "ignores-signals", "loops-on-load"];
  const child = spawn(process.execPath, [script, profiles, ...names, "looks-around", "mixed"], {
    uid,
    gid: uid,
    env: { PATH: process.env.PATH, AWS_SECRET_ACCESS_KEY: "a-secret-of-ours" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const { outcomes, left, after } = JSON.parse(await text(child.stdout));
  expect(outcomes).toMatchObject({
    "vendored-by-path": 0,
    forks: 0,
    "kills-parent": "profile-invalid",
    "closes-descriptors": 0,
    "ignores-signals": "deadline",
    "loops-on-load": "deadline",
    "looks-around": 0,
    mixed: 100,
  });
  expect(left).toEqual(["ruby"]);
  expect(after).toEqual([]);
  expect(outcomes.report).not.toContain("a-secret-of-ours");
});
