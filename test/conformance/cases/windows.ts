import type { Shell } from "#contract/shell.ts";
import { openWindows } from "#reach/windows/open-windows.ts";
import { windowsPod } from "#test/support/windows/pods.ts";
import { type Case, type Context, labOf } from "../case.ts";
import { answers } from "../check.ts";

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, value) => value));

/** A session in a pod that plays Windows, gone with the case. */
async function session(context: Context, has: readonly ("cmd.exe" | "powershell.exe")[]): Promise<Shell> {
  const { pod, remove } = windowsPod({ name: "windows", has });
  context.atEnd(remove);
  const target = await labOf(context).pod({ spec: pod.spec as Readonly<Record<string, unknown>> }); // of our own making
  const opened = await openWindows(context.connection, target);
  context.atEnd(() => opened.close());
  return opened;
}

/** No machine of ours runs Windows: a double plays cmd and PowerShell in a container of the embedded cluster. */
export const windows: readonly Case[] = [
  {
    id: "T54",
    title:
      "PowerShell commands on Windows keep quotes, %, ^, &, Unicode, CRLF, bytes, stdin and 32-bit exit codes (protocol-tested)",
    why: "Tools that quote for a POSIX shell, or strip CR, change both the question and the answer.",
    where: "once",
    run: async (context) => {
      const shell = await session(context, ["cmd.exe", "powershell.exe"]);
      const bytes = `$o=[Console]::OpenStandardOutput();$b=[Convert]::FromBase64String('${everyByte.toString("base64")}')`;
      const copy = "[Console]::OpenStandardInput().CopyTo([Console]::OpenStandardOutput())";
      await answers(shell, {
        command: `Write-Output 'a "b" %PATH% ^ & | > ż漢🎉'`,
        stdout: 'a "b" %PATH% ^ & | > ż漢🎉\r\n',
      });
      await answers(shell, { command: `${bytes}\n$o.Write($b,0,$b.Length)`, stdout: everyByte });
      await answers(shell, { command: copy, stdin: everyByte, stdout: everyByte });
      await answers(shell, { command: copy, stdout: "" });
      await answers(shell, { command: "[Console]::Error.WriteLine('é')\nexit 1001", stderr: "é\r\n", exitCode: 1001 });
      for (const code of [0, 259, -1])
        await answers(shell, { command: `ends.exe ${code}`, stdout: "", exitCode: code });
      await answers(shell, { command: "ends.exe 3221225477", exitCode: 3_221_225_477 - 2 ** 32 });
    },
  },
  {
    id: "T54",
    title:
      "cmd commands on Windows keep quotes, %, ^, &, Unicode, CRLF, bytes and 32-bit exit codes where there is no PowerShell (protocol-tested)",
    why: "nanoserver has cmd alone, and its rules for quotes are like nobody else's.",
    where: "once",
    run: async (context) => {
      const shell = await session(context, ["cmd.exe"]);
      await answers(shell, { command: 'cmd.exe /c echo "a&b" 100% ^& ż漢🎉', stdout: '"a&b" 100% & ż漢🎉\r\n' });
      await answers(shell, { command: "cmd /c echo %PROCESSOR_ARCHITECTURE%", stdout: "AMD64\r\n" });
      await answers(shell, { command: "cmd /c all-bytes.exe", stdout: everyByte });
      await answers(shell, { command: "cmd /c echo out& >&2 echo err", stdout: "out\r\n", stderr: "err\r\n" });
      for (const code of [0, 259, -1])
        await answers(shell, { command: `cmd /c exit ${code}`, stdout: "", exitCode: code });
      await answers(shell, { command: "cmd /c ends.exe 3221225477", exitCode: 3_221_225_477 - 2 ** 32 });
    },
  },
];
