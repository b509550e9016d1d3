import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { asksLibrary, throughLibrary } from "#test/reach/escape/ask.ts";
import { attemptEscapes } from "#test/reach/escape/attempt.ts";
import { outsideWord } from "#test/reach/escape/tree.ts";

it("no link, loop or dot leads the reading toolbox out of the target, and it finds what the kernel finds", () => {
  const { attempts, read, outside, differing } = attemptEscapes(25, 20_261);
  expect(outside).toEqual([]);
  expect(differing).toEqual([]);
  expect(attempts).toBe(500);
  expect(read).toBeGreaterThan(10);
});

it.each([
  ...["cat /a/f | grep inside", "cat /a/f 2>&1 | wc -c", "[ -f /a/f ] || echo missing", "cat /a/f; echo x"],
  ...["stat --printf=%a /a/f", "true; ls /a | wc -l", "true && nosuch || echo missing", "find /a -type f || echo none"],
])("a folder that is another at each look leaves nothing of %j that could be taken for an answer", (command) => {
  const folder = mkdtempSync(join(tmpdir(), "muster-moved-"));
  try {
    mkdirSync(join(folder, "a"));
    writeFileSync(join(folder, "a/f"), "inside");
    expect(asksLibrary(folder, command)?.status).toBeLessThan(2);
    expect(asksLibrary(folder, command, "/dev/null")?.status).toBe(94);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it("nobody who swaps folders for links meanwhile gets it to read what is outside", () => {
  const folder = mkdtempSync(join(tmpdir(), "muster-race-"));
  const root = join(folder, "root");
  for (const path of [join(root, "a"), join(root, "kept"), join(folder, "outside")])
    mkdirSync(path, { recursive: true });
  writeFileSync(join(folder, "outside/f"), outsideWord);
  writeFileSync(join(root, "a/f"), "inside");
  // Between two rounds a pause of changing length, so that now and then a walk gets to the end.
  const pause = `p=$(((p+37)%300)) i=0;while [ $i -lt $p ];do i=$((i+1));done`;
  const swap = `while :;do mv a kept/a;ln -s ../outside a;rm a;mv kept/a a;mv a/f kept/f;ln -s ../../outside/f a/f;rm a/f;mv kept/f a/f;${pause};done`;
  const swapper = spawn("/bin/busybox", ["sh", "-c", swap], { cwd: root, stdio: "ignore" });
  const seen = new Set<string>();
  try {
    // A machine that is busy may run one of the two only while the other waits: ask until both ends were seen.
    for (let round = 0; round < 2 || (seen.size < 2 && round < 40); round += 1) {
      for (const answer of throughLibrary(root, Array<string>(200).fill("/a/f"))) seen.add(answer);
    }
    expect(seen).toEqual(new Set(["", "inside"]));
  } finally {
    swapper.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
});
