/** A command whose answer moves by itself, or tells where in the container's process tree it runs. */
export interface Volatile {
  readonly command: RegExp;
  readonly why: string;
}

/** The written list. Of these the exit code is still compared; everything else is compared byte for byte. */
const volatile: readonly Volatile[] = [
  {
    command: /^stat -L -c '%F %a %U %G' \/dev\/stdin$/,
    why: "says what standard input is made of: the runtime's pipe over an exec, /dev/null in the session; both are at their end",
  },
  { command: /\/proc\/net\/tcp/, why: "sockets of the whole network namespace come and go, the exec's own among them" },
  { command: /^free\b/, why: "memory of the moment" },
  {
    command: /^timeout -s KILL/,
    why: "timeout and its child are killed at once; whether the shell says Killed is a race",
  },
  { command: /^diff <\(/, why: "bash names the pipes by descriptors that it happens to have free" },
  { command: /^ps -e \|/, why: "processes of the moment" },
];

/** Why a command's output is not compared; undefined when it is. */
export function whyVolatile(command: string): string | undefined {
  return volatile.find((each) => each.command.test(command))?.why;
}
