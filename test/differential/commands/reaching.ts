/**
 * Commands that reach past their own process: children that go on writing after it has ended, and signals to its parent
 * or its whole group. Over an exec of its own the stream waits for the children, and there is nothing else to signal.
 */
export const reachingCommands: readonly string[] = [
  "(sleep 0.2; echo late) & echo early",
  "sleep 0.5; echo after a command that left a child writing",
  "sleep 0.2 && echo late &",
  "(sleep 0.1; echo late >&2) & exit 3",
  "{ sleep 0.1; echo grouped; } &\n",
  "nohup sh -c 'sleep 0.2; echo late' &",
  "exec 8>&1; (sleep 0.1; echo eight >&8) &",
  "yes | head -c 300000 &",
  "kill 0; echo not reached",
  "kill -TERM 0",
  "kill -9 0",
  "trap 'kill 0' EXIT; true",
  "kill -TERM $PPID; echo not reached",
  "kill -9 $PPID",
  "echo $PPID",
  "cat /proc/$PPID/comm",
];
