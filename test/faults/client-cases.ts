import { Session } from "#reach/session.ts";
import { oneExec } from "#test/support/one-exec.ts";
import { processStream } from "#test/support/process-stream.ts";
import { asText, told, wrongs } from "./answers.ts";
import { chosen, type FaultCase, type FaultContext, type Tried } from "./fault-case.ts";

const shells = { dash: ["/bin/dash"], busybox: ["/bin/busybox", "sh"] } as const;
const tail = `;printf '%s\\n' "a text that two of the commands end with: it's ż"`;
const commands = [
  "echo out; echo err >&2; exit 3",
  `echo one${tail}`,
  "cat /etc/hostname",
  `printf '\\000\\377 no newline'${tail}`,
  "kill -9 $$",
  "echo last",
];

/** One session with a real shell, to which everything is sent ahead and comes in two pieces. Gives what was said and sent. */
async function session(shell: readonly string[], offset: number) {
  const own = new Session({ shell, known: [tail], stop: async () => undefined, open: splitting(shell, offset) });
  const greeted = own.greet();
  const said = await told(commands.map((command) => own.run(command)));
  const sentBytes = own.traffic.bytesOut;
  await greeted.catch(() => undefined);
  await own.close();
  return { said, sentBytes };
}

/** The shell's standard input, where the byte at this offset and all after it come once the shell was given what is before. */
function splitting(shell: readonly string[], offset: number): ConstructorParameters<typeof Session>[0]["open"] {
  return (listener) => {
    const stream = processStream(shell)(listener);
    const write = stream.write;
    const held: Uint8Array[] = [];
    const release = () => {
      for (const bytes of held.splice(0)) write(bytes);
    };
    let sent = 0;
    return Object.assign(stream, {
      write(bytes: Uint8Array) {
        const at = Math.max(0, offset - sent);
        sent += bytes.length;
        if (at > 0) write(bytes.subarray(0, at));
        if (at >= bytes.length) return;
        held.push(bytes.subarray(at));
        if (held.length === 1) setImmediate(() => setImmediate(release));
      },
    });
  };
}

async function everyByte(context: FaultContext): Promise<Tried> {
  const wrong: string[] = [];
  let runs = 0;
  for (const [name, shell] of Object.entries(shells)) {
    const plain = await Promise.all(commands.map((command) => oneExec(shell, command)));
    const right = plain.map((each) => asText({ ...each, truncated: false, elapsedMs: 0 }));
    const { sentBytes } = await session(shell, 0);
    const offsets = Array.from({ length: sentBytes - 1 }, (_, index) => index + 1);
    for (const offset of chosen(offsets, 60, context)) {
      const { said } = await session(shell, offset);
      const lost = said.flatMap((each) => (each.kind === "typed" ? [`${each.code}: ${each.message}`] : []));
      wrong.push(...[...wrongs(said, right), ...lost].map((fault) => `${name}, byte ${offset}: ${fault}`));
      runs += 1;
    }
  }
  return { runs, wrong };
}

/** What the client sends, on its way to a real shell on this machine. */
export const clientCases: readonly FaultCase[] = [
  { id: "client-split", what: "what the client sends comes in two pieces, split at every byte", run: everyByte },
];
