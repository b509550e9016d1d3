import type { CommandClass } from "./class.ts";

/**
 * What Train 3.16 asks of every Windows target to find out which one it is, each by its exact text: sent ahead, as all of it
 * is answered at once.
 */
export const windowsDetection: readonly string[] = [
  "cmd.exe /c ver",
  "wmic /?",
  "wmic os get * /format:list",
  "wmic cpu get architecture /format:list",
];

/** What it asks where there is no wmic. `systeminfo` takes seconds. Like the above, cmd understands it. */
export const detectionByCmd: readonly string[] = ["echo %PROCESSOR_ARCHITECTURE%", "systeminfo"];

/** What it asks of PowerShell alone, and of the target's UUID. */
const furtherDetection: readonly string[] = [
  "$env:PROCESSOR_ARCHITECTURE",
  "Get-WmiObject Win32_OperatingSystem | Select Caption,Version | ConvertTo-Json",
  'powershell -Command "Get-CimInstance Win32_OperatingSystem | Select-Object Caption, Version, BuildNumber | ConvertTo-Json"',
  'powershell -Command "(Get-CimInstance Win32_Processor).Architecture"',
  'powershell -Command "(Get-CimInstance -Class Win32_ComputerSystemProduct).UUID"',
  "wmic csproduct get UUID /value",
  '(Get-ItemProperty "Registry::HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Cryptography" -Name "MachineGuid")."MachineGuid"',
];

const detecting: ReadonlySet<string> = new Set([...windowsDetection, ...detectionByCmd, ...furtherDetection]);

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
const plain = /^[\w .,:\\/*@|{}()'"$-]+$/;
/** A block that compares or picks properties of what comes through the pipeline. */
const operand = String.raw`(?:\$_(?:\.\w+)*|'[^']*'|\d+)`;
const compared = String.raw`${operand}(?: +-\w+ +${operand})?`;
const blocks = new RegExp(String.raw`\{ *${compared}(?: +-(?:and|or) +${compared})* *\}`, "gi");

/**
 * Whether a PowerShell text seems to do nothing but look: one pipeline of cmdlets whose verbs look, with plain words, without
 * variables, assignments, redirections, methods or programs. By sight: for texts that stand literally in a profile, and for
 * nothing else.
 */
export function looksOnlyOnWindows(text: string): boolean {
  const rest = text.replaceAll(blocks, "");
  if (!plain.test(text) || /[{}$]|::|\.\w+\(/.test(rest)) return false;
  // A command stands at the beginning, behind a pipe and behind a bracket.
  return rest.split(/[|(]/).every((part) => looking.test(part.trim()));
}
