import { type CommandLine, type Operator, readCommandLine, type Simple } from "../../toolbox/read/words.ts";
import { program } from "./programs.ts";
import { type Said, said } from "./said.ts";
import { NotFromImage, type View } from "./view.ts";

/**
 * What a shell in the image's root would answer, run as far as the shell would run it: what stands behind `&&` is not
 * looked at where the shell would not come there. Throws NotFromImage for what is not wholly understood.
 */
export async function answer(view: View, command: string): Promise<Said> {
  const line = readCommandLine(command);
  if (line === undefined) throw new NotFromImage("it is not of words and operators that are understood");
  let result = said(0);
  let stdout = "";
  let stderr = "";
  for (const { operator, pipeline } of pipelinesOf(line)) {
    if ((operator === "&&" && result.code !== 0) || (operator === "||" && result.code === 0)) continue;
    result = await piped(view, pipeline);
    stdout += result.stdout;
    stderr += result.stderr;
  }
  return { stdout, stderr, code: result.code };
}

interface Joined {
  readonly operator: Exclude<Operator, "|">;
  readonly pipeline: readonly Simple[];
}

function pipelinesOf({ first, rest }: CommandLine): readonly Joined[] {
  const all: { operator: Joined["operator"]; pipeline: Simple[] }[] = [{ operator: ";", pipeline: [first] }];
  for (const { operator, simple } of rest) {
    if (operator === "|") all.at(-1)?.pipeline.push(simple);
    else all.push({ operator, pipeline: [simple] });
  }
  return all;
}

async function piped(view: View, pipeline: readonly Simple[]): Promise<Said> {
  let input: string | undefined;
  let stderr = "";
  let last = said(0);
  for (const simple of pipeline) {
    last = redirected(await program(view, simple, input), simple.redirections);
    input = last.stdout;
    stderr += last.stderr;
  }
  return { ...last, stderr };
}

/** Where the two outputs go, in the order in which the redirections stand. */
function redirected({ stdout, stderr, code }: Said, redirections: readonly string[]): Said {
  let [first, second]: ("out" | "err" | "nowhere")[] = ["out", "err"];
  for (const each of redirections) {
    if (each === "2>&1") second = first;
    else if (each.startsWith("2")) second = "nowhere";
    else first = "nowhere";
  }
  // The words of an error differ from system to system, and so do their places in a merged output.
  if (second === "out" && stderr !== "") throw new NotFromImage("its words of trouble would be part of the answer");
  return { stdout: first === "out" ? stdout : "", stderr: second === "err" ? stderr : "", code };
}
