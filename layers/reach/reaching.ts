/**
 * Whether a command may reach past its own process: leave children behind that still write, look at its parent, or send
 * signals to its group. One exec a command waits for such children and has no loop for a parent, so in a session these
 * go over a stream of their own. A lone `&` in quotes counts too: that costs a stream and changes nothing.
 */
export function reachesPast(command: string): boolean {
  const plain = command.replaceAll(/[<>]&[0-9-]*|&>|&&/g, " ");
  return plain.includes("&") || /\b(nohup|setsid|disown|coproc|pkill|killall|PPID)\b|\bkill\b.*\s-?0\b/.test(plain);
}
