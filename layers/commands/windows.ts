import type { CommandClass } from "./class.ts";

/**
 * What Train 3.16 asks of a Windows target to find out which one it is, in its order, each by its exact text. On a target
 * that answers by PowerShell, `%…%` is no variable: Train asks once more then.
 */
export const windowsDetection: readonly string[] = [
  "cmd.exe /c ver",
  "wmic /?",
  "wmic os get * /format:list",
  "wmic cpu get architecture /format:list",
  "echo %PROCESSOR_ARCHITECTURE%",
  "$env:PROCESSOR_ARCHITECTURE",
  "systeminfo",
];

/** What is asked once the first of them has failed, and of the target's UUID. */
const furtherDetection: readonly string[] = [
  "Get-WmiObject Win32_OperatingSystem | Select Caption,Version | ConvertTo-Json",
  'powershell -Command "Get-CimInstance Win32_OperatingSystem | Select-Object Caption, Version, BuildNumber | ConvertTo-Json"',
  'powershell -Command "(Get-CimInstance Win32_Processor).Architecture"',
  'powershell -Command "(Get-CimInstance -Class Win32_ComputerSystemProduct).UUID"',
  "wmic csproduct get UUID /value",
  '(Get-ItemProperty "Registry::HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Cryptography" -Name "MachineGuid")."MachineGuid"',
];

const detecting: ReadonlySet<string> = new Set([...windowsDetection, ...furtherDetection]);

/** A path that PowerShell's double quotes leave as it is. */
const path = String.raw`[^"'$\x60\r\n]+`;

/** The file class's questions about one path (Train's own, and layers/auditor/windows_file.rb's). */
const ofFiles: readonly RegExp[] = [
  String.raw`\(Test-Path -Path "${path}"\)\.ToString\(\)`,
  String.raw`\(Get-ItemProperty -Path "${path}"\)\.attributes\.ToString\(\)`,
  String.raw`\(\(Get-Item '${path}'\)\.Length\)`,
  String.raw`Get-Acl "${path}" \| select -expand Owner`,
  String.raw`\[Convert\]::ToBase64String\(\[IO\.File\]::ReadAllBytes\("${path}"\)\)`,
].map((pattern) => new RegExp(`^${pattern}$`));

/**
 * What may be done with a command on Windows: see CommandClass. The rules for POSIX shells say nothing about PowerShell, so
 * only the auditor's own questions are known, each to the letter.
 */
export function windowsClassOf(command: string): CommandClass {
  return detecting.has(command) || ofFiles.some((pattern) => pattern.test(command)) ? "read-only" : "unknown";
}

/** Verbs of PowerShell's approved list whose cmdlets look, or make text of what was seen. */
const looking = /^(?:Get|Test|Select|Where|ForEach|Measure|Sort|Group|Compare|ConvertTo|ConvertFrom|Format|Resolve)-/i;
/** One pipeline of plain words, quoted texts without variables, options and properties of what went before. */
const plain = /^[\w\s.,:\\/*@=|{}()'"$-]+$/;

/**
 * Whether a PowerShell text seems to do nothing but look: one pipeline of cmdlets whose verbs look, without assignments,
 * redirections, calls of methods or programs. By sight: for texts that stand literally in a profile, and for nothing else.
 */
export function looksOnlyOnWindows(text: string): boolean {
  if (!plain.test(text) || /::|\$(?!_\b)|(?<![!<>=-])=|\n/.test(text.trim())) return false;
  return text.split("|").every((part) => {
    const words = part.match(/[A-Za-z]+-[A-Za-z]+(?=\s|$|\))/g) ?? [];
    const cmdlets = words.filter((word) => !part.includes(` -${word}`));
    const [first = ""] = /[A-Za-z][\w-]*/.exec(part.trim()) ?? [];
    return looking.test(first) && cmdlets.every((word) => looking.test(word)) && !/\.\w+\(/.test(part);
  });
}
