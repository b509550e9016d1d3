/**
 * Whether a command may look at its parent, or send signals to more than itself. One exec a command has no loop for a
 * parent and nothing beside it in its group, so in a session these go over a stream of their own.
 */
export function reachesPast(command: string): boolean {
  return /\b(pkill|killall|PPID)\b|\bkill\b.*\s-?0\b/.test(command);
}
