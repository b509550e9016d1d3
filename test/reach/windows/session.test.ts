import { createHash, randomBytes } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Completed } from "#contract/shell.ts";
import { wasNeverSent } from "#reach/loss.ts";
import { commandEntrance, entrance, loop } from "#reach/windows/powershell.ts";
import type { WindowsSession } from "#reach/windows/session.ts";
import { commandLineOf } from "#test/support/command-line-of.ts";
import { patience } from "#test/support/patience.ts";
import { localWindows } from "#test/support/windows/local-session.ts";

const { open, folder } = localWindows({ has: ["cmd.exe", "powershell.exe"] });
const everyByte = Buffer.from(Array.from({ length: 256 }, (_, value) => value));
const inText = ({ stdout, stderr, exitCode }: Completed) => ({
  ...{ stdout: Buffer.from(stdout).toString(), stderr: Buffer.from(stderr).toString(), exitCode },
});
const writes = (bytes: Uint8Array) =>
  `$o=[Console]::OpenStandardOutput();$b=[Convert]::FromBase64String('${Buffer.from(bytes).toString("base64")}')\n$o.Write($b,0,$b.Length)`;

describe("a session by PowerShell", () => {
  let session: WindowsSession;
  beforeAll(async () => {
    ({ session } = open("powershell"));
    await session.greet();
  });
  afterAll(() => session.close());

  it("keeps UTF-8 and the ends of lines", async () => {
    const { stdout, stderr, exitCode } = inText(
      await session.run("Write-Output 'żółć 漢字 🎉'\nWrite-Output \"a`nb\""),
    );
    expect({ stdout, stderr, exitCode }).toEqual({
      stdout: "żółć 漢字 🎉\r\na\nb\r\n",
      stderr: "",
      exitCode: 0,
    });
  });

  it("keeps every byte that a command writes", async () => {
    expect(Buffer.from((await session.run(writes(everyByte))).stdout).equals(everyByte)).toBe(true);
  });

  it("keeps what no end of a line follows, and nothing at all", async () => {
    expect(inText(await session.run("[Console]::Out.Write('no newline')")).stdout).toBe("no newline");
    expect(inText(await session.run("exit 0")).stdout).toBe("");
  });

  it.each([
    ["exit 0", 0],
    ["exit 1", 1],
    ["exit 259", 259],
    ["exit -1", -1],
    ["exit 1001", 1001],
    ["ends.exe 259", 259],
    ["ends.exe -1", -1],
    ["cmd.exe /c exit 70000", 70_000],
    // PowerShell counts the 32 bits signed.
    ["ends.exe 3221225477", 3_221_225_477 - 2 ** 32],
  ])("keeps the exit code of %s", async (command, code) => {
    expect((await session.run(command)).exitCode).toBe(code);
  });

  it("keeps stderr apart", async () => {
    const both = inText(await session.run("Write-Output 'out'\n[Console]::Error.WriteLine('err é')\nexit 3"));
    expect(both).toEqual({ stdout: "out\r\n", stderr: "err é\r\n", exitCode: 3 });
  });

  it("tells what PowerShell does not know by its own words and exit code 1", async () => {
    const { stdout, stderr, exitCode } = inText(await session.run("Get-Nothing"));
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 1 });
    expect(stderr).toContain("not recognized");
  });

  it.each([
    `Write-Output 'it''s "quoted" 100% ^& | < > \`'`,
    "Write-Output '%PATH% ^^ && echo no'",
    "Write-Output '$(no) `n $env:NO'",
  ])("hands quotes, percent signs, carets and ampersands on as they are: %s", async (command) => {
    const [, said = ""] = /'(.*)'/.exec(command) ?? [];
    expect(inText(await session.run(command)).stdout).toBe(`${said.replaceAll("''", "'")}\r\n`);
  });

  it("gives a command its standard input whole, and then the end; without any it meets the end at once", async () => {
    const copy = "[Console]::OpenStandardInput().CopyTo([Console]::OpenStandardOutput())";
    const large = randomBytes(300_000);
    const answers = await Promise.all([
      session.run(copy, { stdin: everyByte }),
      session.run(copy),
      session.run(copy, { stdin: large }),
      session.run("exit 4", { stdin: large }),
    ]);
    expect(answers.map(({ stdout }) => digest(stdout))).toEqual([everyByte, [], large, []].map(digest));
    expect(answers.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 4]);
  });

  it("keeps much output whole", async () => {
    const { stdout, truncated } = await session.run("[Console]::Out.Write('0123456789' * 800000)");
    expect({ length: stdout.length, truncated }).toEqual({ length: 8_000_000, truncated: false });
    expect(digest(stdout)).toBe(digest(Buffer.from("0123456789".repeat(800_000))));
  });

  it("keeps answers apart and in order when many commands are sent at once", async () => {
    const numbers = Array.from({ length: 40 }, (_, index) => index);
    const answers = await Promise.all(
      numbers.map((n) => session.run(`Write-Output '${n}'\n[Console]::Error.WriteLine('e${n}')\nexit ${n}`)),
    );
    expect(answers.map(inText)).toEqual(numbers.map((n) => ({ stdout: `${n}\r\n`, stderr: `e${n}\r\n`, exitCode: n })));
    expect(session.execStreams).toBe(1);
  });

  it("takes output that looks like frames and marks for output", async () => {
    const frames = "AAAAAAAAAAAAAAAA x 0 0 0\nAAAAAAAAAAAAAAAA o QUFB\n x 0 0 0\n";
    const { stdout, exitCode } = await session.run(`${writes(Buffer.from(frames))}\nexit 7`);
    expect({ stdout: Buffer.from(stdout).toString(), exitCode }).toEqual({ stdout: frames, exitCode: 7 });
  });

  it("gives back whatever a script wrote", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (bytes) => {
        expect(digest((await session.run(writes(bytes))).stdout)).toBe(digest(bytes));
      }),
      { numRuns: 20 },
    );
  });

  it("ends a command at its time, and goes on", async () => {
    const late = session.run("[Console]::Out.Write('early')\nStart-Sleep 60", { timeoutMs: 1500 });
    await expect(late).rejects.toMatchObject({ code: "timeout" });
    const { cause } = (await late.catch((error: unknown) => error)) as { readonly cause: Completed };
    expect(inText(cause).stdout).toBe("early");
    expect(inText(await session.run("Write-Output 'on'")).stdout).toBe("on\r\n");
    expect(session.open).toBe(true);
  });

  it("refuses a command that is too long, and goes on", async () => {
    await expect(session.run(`'${"x".repeat(300_000)}'`)).rejects.toMatchObject({ code: "too-large" });
    expect((await session.run("exit 5")).exitCode).toBe(5);
  });

  it("runs a script that no command line would hold", async () => {
    const long = "x".repeat(100_000);
    expect(inText(await session.run(`Write-Output '${long}'`)).stdout).toBe(`${long}\r\n`);
  });
});

it("throws output beyond the cap away, and tells", async () => {
  const { session } = open("powershell", { commandBytes: 1000 });
  await session.greet();
  const { stdout, truncated, exitCode } = await session.run("[Console]::Out.Write('0123456789' * 8000)\nexit 2");
  expect({ length: stdout.length, truncated, exitCode }).toEqual({ length: 1000, truncated: true, exitCode: 2 });
  await session.close();
});

describe.each(["powershell", "cmd"] as const)("a stream to %s that is cut", (speaks) => {
  const slow =
    speaks === "cmd" ? "cmd.exe /c powershell.exe -InputFormat None -Command Start-Sleep 5" : "Start-Sleep 60";

  it("is a loss for what runs, and no answer", async () => {
    const { session, cut } = open(speaks);
    await session.greet();
    const running = session.run(slow);
    const behind = session.run("cmd.exe /c ver");
    cut();
    for (const command of [running, behind]) await expect(command).rejects.toMatchObject({ code: "connection-lost" });
    const after = await session.run("cmd.exe /c ver").catch((error: unknown) => error);
    expect(wasNeverSent(after)).toBe(true);
    expect(session.open).toBe(false);
  });
});

it("what a session runs is ended with it", async () => {
  const { session } = open("powershell");
  await session.greet();
  const running = session.run("cmd.exe /c echo now> C:\\now.txt\nStart-Sleep 120");
  const lost = expect(running).rejects.toMatchObject({ code: "connection-lost" });
  await vi.waitUntil(() => existsSync(join(folder, "c/now.txt")), patience);
  await session.close();
  await lost;
  await vi.waitUntil(() => started().length === 0, patience);
});

/** Processes of the double that run a command's own PowerShell. */
const started = () =>
  readdirSync("/proc")
    .filter((pid) => /^\d+$/.test(pid))
    .filter((pid) => commandLineOf(pid).includes(`${folder}/powershell.exe`));

describe("a session by cmd alone", () => {
  let session: WindowsSession;
  beforeAll(async () => {
    ({ session } = open("cmd"));
    await session.greet();
  });
  afterAll(() => session.close());

  it.each([
    ['cmd.exe /c echo "a&b" 100% ^& é 漢', '"a&b" 100% & é 漢\r\n'],
    ["cmd /c echo %PROCESSOR_ARCHITECTURE% %NO_SUCH%", "AMD64 %NO_SUCH%\r\n"],
    ['CMD /C "echo one & echo two"', "one \r\ntwo\r\n"],
    ["cmd.exe /c all-bytes.exe", everyByte.toString()],
    ["echo %PROCESSOR_ARCHITECTURE%", "AMD64\r\n"],
  ])("%s", async (command, stdout) => {
    expect(inText(await session.run(command))).toEqual({ stdout, stderr: "", exitCode: 0 });
  });

  it.each([259, -1, 3_221_225_477])("keeps exit code %d, all 32 bits of it", async (code) => {
    expect((await session.run(`cmd.exe /c ends.exe ${code}`)).exitCode).toBe(code > 2 ** 31 ? code - 2 ** 32 : code);
  });

  it("keeps stderr apart", async () => {
    expect(inText(await session.run("cmd.exe /c echo out& >&2 echo err& exit 3"))).toEqual({
      ...{ stdout: "out\r\n", stderr: "err\r\n", exitCode: 3 },
    });
  });

  it.each(["Get-Item C:\\", '(Test-Path -Path "C:\\x").ToString()', "Write-Output 'x'", "dir C:\\"])(
    "does not ask what is PowerShell: %s",
    async (command) => {
      await expect(session.run(command)).rejects.toMatchObject({ code: "no-shell" });
    },
  );

  it("cannot give standard input, and says so", async () => {
    await expect(session.run("cmd.exe /c ver", { stdin: everyByte })).rejects.toMatchObject({ code: "no-shell" });
  });

  it("ends with a command that runs out of its time", async () => {
    const { session: other } = open("cmd");
    await other.greet();
    const slow = "cmd.exe /c powershell.exe -InputFormat None -Command Start-Sleep 5";
    await expect(other.run(slow, { timeoutMs: 300 })).rejects.toMatchObject({ code: "timeout" });
    expect(other.open).toBe(false);
  });
});

function digest(bytes: Uint8Array | readonly number[]): string {
  return createHash("sha256").update(Uint8Array.from(bytes)).digest("hex");
}

it("the double plays the loop that is sent", () => {
  const texts = [entrance, loop, commandEntrance].map((text) => digest(Buffer.from(text)).slice(0, 16));
  // Whoever changes one of the texts looks whether test/support/windows/windows.pl still does what they say.
  expect(texts).toEqual(["d9048912e884e37d", "ae7625efef44d82c", "a22a3ed5f1c603a7"]);
});
