import { describe, expect, it } from "vitest";
import { looksOnlyOnWindows, windowsClassOf, windowsDetection } from "#commands/windows.ts";

describe("the class of a command on Windows", () => {
  it.each([
    ...windowsDetection,
    "systeminfo",
    '(Test-Path -Path "C:\\app\\web config.txt").ToString()',
    '(Get-ItemProperty -Path "C:\\app").attributes.ToString()',
    "((Get-Item 'C:\\app').Length)",
    'Get-Acl "C:\\app" | select -expand Owner',
    '[Convert]::ToBase64String([IO.File]::ReadAllBytes("C:\\app"))',
  ])("the auditor's own question only reads: %s", (command) => {
    expect(windowsClassOf(command)).toBe("read-only");
  });

  it.each([
    // What only reads in a POSIX shell may be anything here: `ls` and `cat` are aliases that a profile may change.
    ...["ls /", "cat /etc/passwd", "uname -s", "test -f /etc/debian_version", "id", "hostname"],
    ...["wmic os delete", "cmd.exe /c ver & del x", "cmd.exe /c ver ", "Get-Process"],
    '(Test-Path -Path "C:\\$(Remove-Item x)").ToString()',
    '(Test-Path -Path "C:\\x`"; Remove-Item y; `"").ToString()',
    '(Test-Path -Path "C:\\x").ToString(); Remove-Item y',
    "((Get-Item 'C:\\x';'y').Length)",
  ])("nothing is known of %s", (command) => {
    expect(windowsClassOf(command)).toBe("unknown");
  });
});

describe("a text that seems to do nothing but look", () => {
  it.each([
    "Get-Service",
    "Get-Service -Name W3SVC | Select-Object Status, StartType | ConvertTo-Json",
    "Get-ChildItem -Path 'C:\\inetpub' -Recurse | Where-Object { $_.Extension -eq '.bak' }",
    "Get-HotFix | Measure-Object",
    "Test-Path 'C:\\x'",
  ])("%s", (text) => {
    expect(looksOnlyOnWindows(text)).toBe(true);
  });

  it.each([
    "Set-Content C:\\x -Value 1",
    "Get-Service | Stop-Service",
    "Get-ChildItem | ForEach-Object { Remove-Item $_ }",
    "Get-ChildItem | ForEach-Object { $_.Delete() }",
    "Get-Content C:\\x > C:\\y",
    "Get-Process; Restart-Computer",
    "Get-Process\nRestart-Computer",
    "[IO.File]::Delete('x')",
    "$x = Get-Service",
    "Get-Service -Name $(Remove-Item y)",
    "Get-ChildItem | % { del $_ }",
    "Get-ChildItem | Where-Object { del x }",
    "Invoke-Expression 'x'",
    "& 'C:\\x.exe'",
    "net stop W3SVC",
    "cmd.exe /c del x",
  ])("is not %s", (text) => {
    expect(looksOnlyOnWindows(text)).toBe(false);
  });
});
