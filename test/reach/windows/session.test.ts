import { expect, it } from "vitest";
import { localWindows } from "#test/support/windows/local-session.ts";
const { open } = localWindows();
const text = (b: Uint8Array) => Buffer.from(b).toString();
it("speaks", async () => {
  const { session } = open("powershell");
  await session.greet();
  const r = await session.run("Write-Output 'hé ✓'");
  expect([text(r.stdout), text(r.stderr), r.exitCode]).toEqual(["hé ✓\r\n", "", 0]);
  for (const [c, n] of [["exit 0",0],["exit 259",259],["exit 3221225477",-1073741819],["ends.exe -1",-1],["cmd.exe /c ver",0],["nosuch",1]] as const) {
    const r = await session.run(c);
    expect([c, r.exitCode, text(r.stderr)]).toEqual([c, n, c==="nosuch" ? expect.stringContaining("not recognized"): ""]);
  }
  await session.close();
});
it("speaks cmd", async () => {
  const { session } = open("cmd");
  await session.greet();
  const r = await session.run('cmd.exe /c echo "a&b" ^& %PROCESSOR_ARCHITECTURE% é');
  expect([text(r.stdout), text(r.stderr), r.exitCode]).toEqual(['"a&b" & AMD64 é\r\n', "", 0]);
  expect((await session.run('cmd /c exit 259')).exitCode).toBe(259);
  await session.close();
});
