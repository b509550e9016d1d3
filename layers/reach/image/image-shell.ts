import { abortError, ScanError } from "#contract/errors.ts";
import type { Completed, RunOptions } from "#contract/shell.ts";
import type { Reached } from "../reached.ts";
import { programAskedFor } from "../toolbox/questions.ts";
import { fileQuestion } from "../toolbox/read/file-record.ts";
import { whereIs } from "./answer/absent.ts";
import { answer } from "./answer/answer.ts";
import { content, record } from "./answer/record.ts";
import { NotFromImage, type View, type ViewOptions, viewOf } from "./answer/view.ts";
import type { OpenImage } from "./open-image.ts";

/** What every report of this way says besides. */
const driftUnseen =
  "The files are those of the image; what has changed in the container since its start cannot be seen.";

/**
 * A Shell over an image's files, as root in a container of it that nobody has changed. What is understood of a command is
 * answered; every other ends as `no-shell`, which is never a verdict. Closing it closes the image.
 */
export async function imageShell(
  image: OpenImage,
  options: ViewOptions & { because?: readonly string[] } = {},
): Promise<Reached> {
  const view = await viewOf(image, options);
  return {
    way: "image",
    reasons: [...(options.because ?? []), driftUnseen],
    borrowed: new Set(),
    execStreams: 0,
    traffic: { bytesIn: 0, bytesOut: 0, stalls: 0 },
    run: (command, runOptions) => run(view, Buffer.from(command).toString("latin1"), runOptions),
    close: () => image.close(),
  };
}

async function run(view: View, command: string, { stdin, timeoutMs, signal }: RunOptions = {}): Promise<Completed> {
  const begun = performance.now();
  const refuse = (why: string) =>
    new ScanError(
      "no-shell",
      `${view.image.name}: cannot be asked of an image, since ${why}: ${command.slice(0, 120)}`,
    );
  if (signal?.aborted) throw abortError(signal, "a question to an image");
  if (stdin !== undefined) throw refuse("it is given something to read");
  try {
    const answered = await withinTime(answerTo(view, command), timeoutMs, signal);
    return { stderr: new Uint8Array(0), truncated: false, ...answered, elapsedMs: performance.now() - begun };
  } catch (error) {
    if (error instanceof NotFromImage) throw refuse(error.message);
    throw error;
  }
}

type Answered = Pick<Completed, "stdout" | "exitCode"> & Partial<Pick<Completed, "stderr" | "truncated">>;

async function answerTo(view: View, command: string): Promise<Answered> {
  const question = fileQuestion(command);
  if (question !== undefined) return (question.kind === "record" ? record : content)(view, question.path);
  const name = programAskedFor(command);
  const said =
    name === undefined
      ? await answer(view, command)
      : whereIs(view, name, /\btype\b/.test(command) ? `${name} is ` : "");
  const bytes = (text: string) => Buffer.from(text, "latin1");
  return { stdout: bytes(said.stdout), stderr: bytes(said.stderr), exitCode: said.code };
}

async function withinTime<T>(
  work: Promise<T>,
  timeoutMs: number | undefined,
  signal: AbortSignal | undefined,
): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const late = () => reject(new ScanError("timeout", `an image did not answer within ${timeoutMs} ms`));
  const timer = timeoutMs === undefined ? undefined : setTimeout(late, timeoutMs);
  const stop = () => signal && reject(abortError(signal, "a question to an image"));
  signal?.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}
