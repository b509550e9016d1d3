import { ScanError } from "#contract/errors.ts";
import type { Dialect } from "./dialect.ts";
import { FrameReader } from "./frame-reader.ts";

/** The child reads its script byte by byte, so that what follows stays for the command; longer ones would take seconds. */
const longestCommandBytes = 256 * 1024;

/** Bytes of output a frame, so that a frame in base64 is 32 KiB. */
const frameBytes = 24_576;

/** PowerShell's `-EncodedCommand`: base64 of UTF-16LE. Nothing in it has a meaning to cmd or to a command line. */
const encoded = (script: string) => Buffer.from(script, "utf16le").toString("base64");

/**
 * Options of a PowerShell that reads nothing from its standard input by itself (`-InputFormat None`: the host would take
 * each line as an object for `$input`), asks nobody, and writes text, not CLIXML.
 */
const options = "-NoLogo -NoProfile -NonInteractive -InputFormat None -OutputFormat Text -EncodedCommand";

/** Both versions write UTF-8 without a byte order mark from here on. Without a console there is nothing to set. */
const utf8 = (stream: "Input" | "Output") =>
  `try{[Console]::${stream}Encoding=New-Object Text.UTF8Encoding $false}catch{}`;

/** Reads base64 from the standard input up to a newline and runs it. It stands in argv, and so it is short. */
export const entrance = [
  "$muster_in=New-Object IO.StreamReader([Console]::OpenStandardInput(),[Text.Encoding]::ASCII)",
  "Invoke-Expression([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($muster_in.ReadLine())))",
].join(";");

/**
 * What a command's own PowerShell starts with: it takes the script from the first line of its standard input, whose rest is
 * the command's. A text of any length, no file, nothing in argv; `$?`, `exit` and messages are as in `-EncodedCommand`.
 */
export const commandEntrance = [
  "$ProgressPreference='SilentlyContinue'",
  utf8("Output"),
  "$OutputEncoding=New-Object Text.UTF8Encoding $false;if($PSStyle){$PSStyle.OutputRendering='PlainText'}",
  "$muster_i=[Console]::OpenStandardInput();$muster_t=New-Object IO.MemoryStream",
  "for(;;){$muster_b=$muster_i.ReadByte();if($muster_b -lt 11){break};$muster_t.WriteByte($muster_b)}",
  "$muster_s=[Text.Encoding]::UTF8.GetString([Convert]::FromBase64String([Text.Encoding]::ASCII.GetString($muster_t.ToArray())))",
  "Remove-Variable muster_i,muster_t,muster_b",
  "Invoke-Expression $muster_s",
].join(";");

/** Stands behind every script: a program's exit code would be 0 or 1 without it. */
const exitCodeKept = "\nif(!$?){if($LASTEXITCODE){exit $LASTEXITCODE};exit 1}";

/**
 * The loop, for Windows PowerShell 5.1 and PowerShell 7. A request is a line: its mark, and, to run a command, the script
 * and perhaps its standard input in base64. Each command is a PowerShell of its own, whose streams are read as bytes. An
 * answer is frames, each a line that begins with the mark: `p` and the process, `o` and `e` with output in base64, and `x`
 * with the exit code and how many bytes there were of each. `g` answers a request to do nothing.
 */
export const loop = [
  "$ErrorActionPreference='Stop';$ProgressPreference='SilentlyContinue'",
  `${utf8("Input")};${utf8("Output")}`,
  "$out=[Console]::OpenStandardOutput();$exe=(Get-Process -Id $PID).Path",
  'function Say([string]$line){$b=[Text.Encoding]::ASCII.GetBytes($line+"`n");$out.Write($b,0,$b.Length);$out.Flush()}',
  "while($line=$muster_in.ReadLine()){",
  "$mark,$script,$feed=$line.Split(' ')",
  'if(!$script){Say "$mark g $PID";continue}',
  "$start=New-Object Diagnostics.ProcessStartInfo",
  `$start.FileName=$exe;$start.Arguments='${options} ${encoded(commandEntrance)}'`,
  "$start.UseShellExecute=$false;$start.RedirectStandardInput=$true;$start.RedirectStandardOutput=$true;$start.RedirectStandardError=$true",
  "$child=[Diagnostics.Process]::Start($start)",
  'Say "$mark p $($child.Id)"',
  "$in=$child.StandardInput.BaseStream;$all=New-Object IO.MemoryStream",
  '$b=[Text.Encoding]::ASCII.GetBytes($script+"`n");$all.Write($b,0,$b.Length)',
  "if($feed){$b=[Convert]::FromBase64String($feed);$all.Write($b,0,$b.Length)}",
  "$b=$all.ToArray();$write=$in.WriteAsync($b,0,$b.Length)",
  "$from=@($child.StandardOutput.BaseStream,$child.StandardError.BaseStream);$count=@(0,0)",
  `$room=@((New-Object byte[] ${frameBytes}),(New-Object byte[] ${frameBytes}))`,
  `$read=@($from[0].ReadAsync($room[0],0,${frameBytes}),$from[1].ReadAsync($room[1],0,${frameBytes}))`,
  "while($read[0] -or $read[1]){",
  "$tasks=@(@($write)+$read|Where-Object{$_})",
  "$done=$tasks[[Threading.Tasks.Task]::WaitAny([Threading.Tasks.Task[]]$tasks)]",
  "if($done -eq $write){$write=$null;try{$in.Close()}catch{};continue}",
  "$i=[Array]::IndexOf($read,$done);$n=$done.Result",
  "if(!$n){$read[$i]=$null;continue}",
  "$count[$i]+=$n",
  "Say \"$mark $('oe'[$i]) $([Convert]::ToBase64String($room[$i],0,$n))\"",
  `$read[$i]=$from[$i].ReadAsync($room[$i],0,${frameBytes})`,
  "}",
  "if($write){try{$in.Close()}catch{}}",
  "$child.WaitForExit()",
  'Say "$mark x $($child.ExitCode) $($count[0]) $($count[1])";$child.Dispose()',
  "}",
].join("\n");

/** Argv words of a PowerShell that is to become the loop. */
export const loopWords = (program: string): readonly string[] => [program, ...options.split(" "), encoded(entrance)];

/** Argv words of a PowerShell that runs one script. */
export const scriptWords = (program: string, script: string): readonly string[] => [
  program,
  ...options.split(" "),
  encoded(script),
];

/** Commands are PowerShell scripts, as Train sends them over WinRM. */
export const powershell: Dialect = {
  speaks: "powershell",
  opening: Buffer.from(`${Buffer.from(loop).toString("base64")}\n`),
  nothing: ({ end }) => Buffer.from(`${end}\n`),
  line(command, { end }, stdin) {
    if (command.length > longestCommandBytes) {
      const text = `a command on Windows may have ${longestCommandBytes} bytes, this one has ${command.length}`;
      throw new ScanError("too-large", text);
    }
    const script = Buffer.concat([command, Buffer.from(exitCodeKept)]).toString("base64");
    const feed = stdin === undefined || stdin.length === 0 ? "" : ` ${Buffer.from(stdin).toString("base64")}`;
    return Buffer.from(`${end} ${script}${feed}\n`);
  },
  reader: (capBytes, hearing) => new FrameReader(capBytes, hearing),
};
