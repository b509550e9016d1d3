/**
 * What may be done with a command. `read-only`: it only looks, so it may be run before anybody asks and run again.
 * `expensive`: the same, but it may take long. `unknown`: nothing is known; it runs once, when asked.
 */
export type CommandClass = "read-only" | "expensive" | "unknown";

const order: readonly CommandClass[] = ["read-only", "expensive", "unknown"];

/** The class of all of them together: that of the worst. */
export const worst = (classes: Iterable<CommandClass>): CommandClass =>
  order[Math.max(0, ...[...classes].map((one) => order.indexOf(one)))] ?? "unknown";

export const expensiveIf = (condition: boolean): CommandClass => (condition ? "expensive" : "read-only");
export const readOnlyIf = (condition: boolean): CommandClass => (condition ? "read-only" : "unknown");
