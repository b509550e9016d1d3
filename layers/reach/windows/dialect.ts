import type { Marks } from "../script.ts";

/** What came of one request to a loop. */
export interface Said {
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  readonly truncated: boolean;
  /** 32 bits, as the loop says it: PowerShell and cmd count them signed. */
  readonly exitCode: number;
}

/** What a reader tells of the request that is answered now. Requests are answered in their order. */
export interface Hearing {
  began(pid: number): void;
  ended(said: Said): void;
  /** The loop, or somebody in its place, does not keep to the protocol: nothing that comes from now on can be trusted. */
  broken(why: string): void;
}

/** Cuts what a loop says into the answers to its requests. */
export interface Reader {
  expect(marks: Marks): void;
  stdout(bytes: Uint8Array): void;
  stderr(bytes: Uint8Array): void;
}

/** The language between a session and one kind of loop in a Windows container. */
export interface Dialect {
  /** What the loop runs commands by. */
  readonly speaks: "powershell" | "cmd";
  /** What the process reads first, and becomes the loop by. */
  readonly opening: Uint8Array;
  /** A request that does nothing and is answered. */
  nothing(marks: Marks): Uint8Array;
  /** A request to run a command. Throws a ScanError for one that cannot be asked here. */
  line(command: Uint8Array, marks: Marks, stdin: Uint8Array | undefined): Uint8Array;
  reader(capBytes: number, hearing: Hearing): Reader;
}
