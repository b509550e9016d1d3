import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const script = new URL("windows.pl", import.meta.url).pathname;

/** Programs that the double can play beside the shells. */
const programs = ["taskkill.exe", "wmic.exe", "systeminfo.exe", "ends.exe", "all-bytes.exe", "shows.exe"];
const shells = ["cmd.exe", "powershell.exe", "pwsh.exe"] as const;

export interface DoubleOptions {
  /** Which shells it has. Default: as servercore, cmd.exe and powershell.exe. */
  readonly has?: readonly (typeof shells)[number][];
  /** Programs that it has not. Default: it has wmic, as before Windows Server 2025. */
  readonly lacks?: readonly string[];
  /** Files of C:\, by path with slashes: `app/web.config`. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** What only a real PowerShell could answer, by the whole text of the question. */
  readonly answers?: Readonly<Record<string, string>>;
}

/** A folder with the programs of Windows, as far as the double plays them. It works wherever Perl does. */
export function windowsDouble({
  has = ["cmd.exe", "powershell.exe"],
  lacks = [],
  files = {},
  answers = {},
}: DoubleOptions = {}): {
  readonly folder: string;
  readonly remove: () => void;
} {
  const folder = mkdtempSync(join(tmpdir(), "muster-windows-"));
  chmodSync(folder, 0o755);
  for (const name of [...has, ...programs].filter((each) => !lacks.includes(each))) {
    copyFileSync(script, join(folder, name));
    chmodSync(join(folder, name), 0o755);
  }
  mkdirSync(join(folder, "c"));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, "c", path)), { recursive: true });
    writeFileSync(join(folder, "c", path), content);
  }
  const lines = Object.entries(answers).map(([asked, answer]) => `${asked}\t${answer}\n`);
  if (lines.length > 0) writeFileSync(join(folder, "answers"), lines.join(""));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
