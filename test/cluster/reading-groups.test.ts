import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compile } from "#reach/toolbox/read/compile.ts";
import { library } from "#reach/toolbox/script.ts";

const enter = readFileSync(new URL("../../layers/reach/toolbox/read/enter.sh", import.meta.url), "utf8");
const folder = mkdtempSync(join(tmpdir(), "muster-groups-"));
let target: ChildProcess;

beforeAll(async () => {
  chmodSync(folder, 0o755);
  for (const [name, group] of [
    ["of-image", 4001],
    ["of-pod", 4002],
    ["of-others", 4003],
  ] as const) {
    mkdirSync(join(folder, `dir-${name}`));
    writeFileSync(join(folder, `dir-${name}/f`), "inside\n");
    writeFileSync(join(folder, name), "#!\n");
    for (const path of [join(folder, `dir-${name}`), join(folder, name)]) {
      chownSync(path, 0, group);
      chmodSync(path, 0o750);
    }
  }
  mkdirSync(join(folder, "through"));
  writeFileSync(join(folder, "through/f"), "inside\n");
  chmodSync(join(folder, "through"), 0o711);
  // A target whose image gives its user a group, and whose pod gives it another.
  const ids = ["--reuid", "65532", "--regid", "65532", "--groups", "4001,4002"];
  target = spawn("setpriv", [...ids, "sh", "-c", "echo up; exec sleep 60"], { stdio: ["ignore", "pipe", "ignore"] });
  if (target.stdout !== null) await once(target.stdout, "data");
});
afterAll(() => {
  target.kill();
  rmSync(folder, { recursive: true, force: true });
});

/** What a reader of the same user says, in those of the pod's groups alone that a kubelet gives to every container. */
function asked(command: string, groups = "4002") {
  const script = `eval "$MUSTER"\n${compile(command.replaceAll("DIR", folder), () => true)?.script ?? "exit 99"}\n`;
  const ids = ["--reuid", "65532", "--regid", "65532", "--groups", groups];
  const argv = [...ids, "/bin/busybox", "env", "-i", "/bin/busybox", "sh", "-c", `_q=${target.pid}\n${enter}`];
  const { status, stdout } = spawnSync("setpriv", argv, { input: `${library}${script}`, encoding: "latin1" });
  return [status, stdout.replaceAll(folder, "DIR")];
}

describe("what a group of the target's grants, and the reader has not", () => {
  it.each([
    ...["cat DIR/of-image", "[ -r DIR/of-image ] || echo denied", "test -x DIR/of-image", "cat DIR/dir-of-image/f"],
    ...["ls DIR/dir-of-image 2>/dev/null | wc -l", "find DIR -type f", "stat -c %a DIR/dir-of-image/f"],
    ...["find DIR/dir-of-image -name f 2>/dev/null | wc -l", "grep -c x DIR/of-image 2>/dev/null; echo none"],
  ])("is not asked: %s", (command) => {
    expect(asked(command)[0]).toBe(92);
  });
});

describe("what is denied to both, or granted to both, is answered", () => {
  it.each([
    ["cat DIR/of-pod; cat DIR/dir-of-pod/f", "4002", [0, "#!\ninside\n"]],
    ["cat DIR/of-others 2>/dev/null || echo denied", "4002", [0, "denied\n"]],
    ["[ -r DIR/of-others ] || echo denied", "4002", [0, "denied\n"]],
    ["ls DIR/dir-of-others 2>&1", "4002", [1, "ls: can't open 'DIR/dir-of-others': Permission denied\n"]],
    ["[ -w DIR/of-image ] && echo w; ls -d DIR/of-image", "4001,4002", [0, "DIR/of-image\n"]],
    ["grep -c x DIR/of-others", "4002", [2, ""]],
    ["cat DIR/of-image", "4001,4002,4003", [0, "#!\n"]],
  ])("%s", (command, groups, answer) => {
    expect(asked(command, groups)).toEqual(answer);
  });
});

it.each(["cat DIR/through/f", "ls -d DIR/through/f || echo none", "[ -f DIR/through/f ] && echo there"])(
  "what lies behind a folder that can only be passed is not taken for missing: %s",
  (command) => {
    expect(asked(command)[0]).toBe(95);
  },
);
