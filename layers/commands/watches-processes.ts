/** Programs that list processes, and ways of a script to walk over /proc. */
const watching =
  /\b(?:ps|pgrep|pidof|pstree|top|lsof|fuser|pmap)\b|\/proc\/(?:\[|\*|\$|\?|["'}{]|\s|$)|\b(?:ls|find)\b[^|;]*\s\/proc\b/m;

/** Whether a command's answer may tell of other processes in the container, and so of those of the scan itself. */
export function watchesProcesses(command: string): boolean {
  return watching.test(command);
}
