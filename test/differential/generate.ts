import * as fc from "fast-check";

const files = ["/etc/passwd", "/etc/group", "/nonexistent", "/etc", "/bin/sh", "/dev/null"] as const;
const readers = ["cat", "wc -c", "wc -l", "tr a-m n-z", "sed -n p", "sort", "head -n 2", "tail -c 9"] as const;
const numbers = fc.integer({ min: 0, max: 300 });

/** Any text but NUL, which no argument can hold, and lone surrogates, which are no text. */
const text = fc.string({ unit: "grapheme", maxLength: 12 }).map((given) => given.replaceAll("\0", "").toWellFormed());
const ascii = fc.string({ unit: "binary-ascii", maxLength: 12 }).map((given) => given.replaceAll("\0", ""));
const strange = text.map((given) => `'${[...given].filter((sign) => sign > "~").join("")}'`);
const any = fc.oneof(text, ascii);
const single = any.map((given) => `'${given.replaceAll("'", "'\\''")}'`);
const double = any.map((given) => `"${given.replaceAll(/["\\$`!]/g, (sign) => `\\${sign}`)}"`);
const word = fc.oneof(single, double, fc.constantFrom("a", "-n", "--", "$HOME", "$#", "$((2+3))", '"$@"', "$nosuch"));
const file = fc.constantFrom(...files);

const simple = fc.oneof(
  fc.array(word, { maxLength: 4 }).map((words) => `echo ${words.join(" ")}`),
  fc.tuple(word, word).map(([first, second]) => `printf '%s|' ${first} ${second}`),
  fc.tuple(word, word).map(([first, second]) => `test ${first} = ${second}`),
  file.map((path) => `cat ${path}`),
  file.map((path) => `test -e ${path}`),
  file.map((path) => `stat -c '%F %a %s' ${path}`),
  file.map((path) => `wc -c < ${path}`),
  fc.tuple(word, file).map(([pattern, path]) => `grep -c -e ${pattern} ${path}`),
  numbers.map((count) => `seq 1 ${count}`),
  numbers.map((count) => `head -c ${count * 1000} /dev/zero`),
  numbers.map((byte) => `printf '\\${(byte % 256).toString(8).padStart(3, "0")}'`),
  numbers.map((code) => `(exit ${code})`),
  strange,
  strange.map((inner) => `eval ${inner}`),
  fc.constantFrom(
    "true",
    "false",
    ":",
    "cat",
    "read x",
    "cd /tmp",
    "umask 077",
    "export LEAK=1",
    "pwd",
    "echo [$LEAK]",
  ),
);

const { script } = fc.letrec<{ script: string; part: string }>((tie) => ({
  part: fc.oneof(
    { weight: 6, arbitrary: simple },
    { weight: 1, arbitrary: tie("script").map((inner) => `( ${inner}\n)`) },
    { weight: 1, arbitrary: tie("script").map((inner) => `{ ${inner}\n}`) },
    { weight: 1, arbitrary: tie("script").map((inner) => `if ${inner}\nthen echo yes; else echo no; fi`) },
    { weight: 1, arbitrary: tie("script").map((inner) => `for x in 1 2; do ${inner}\ndone`) },
    { weight: 1, arbitrary: tie("script").map((inner) => `echo "[$(${inner}\n)]"`) },
    { weight: 1, arbitrary: any.map((given) => `cat <<'X'\n${given}\nX\n`) },
    {
      weight: 2,
      arbitrary: fc.tuple(simple, fc.constantFrom(...readers)).map(([left, right]) => `${left} | ${right}`),
    },
    // The blank keeps what follows from becoming a file's name: nothing here may write.
    { weight: 1, arbitrary: simple.map((given) => `${given} >&2 `) },
    { weight: 1, arbitrary: simple.map((given) => `${given} 2>&1 `) },
  ),
  script: fc
    .tuple(
      tie("part"),
      fc.array(fc.tuple(fc.constantFrom("; ", " && ", " || ", "\n"), tie("part")), { maxLength: 3, size: "small" }),
    )
    .map(([first, more]) => more.reduce((sum, [joint, part]) => `${sum}${joint}${part}`, first)),
}));

/** What a command may end in: nothing, or what a transport that appends its own text stumbles over. */
const tails = [
  "",
  "\n",
  " \n\n",
  " # comment",
  "\\",
  ";",
  "; exit 7",
  "\nkill -9 $$",
  " '",
  ' "',
  " (",
  "\n\\\n",
  "\r",
] as const;

const command = fc.tuple(script, fc.constantFrom(...tails)).map(([body, tail]) => `${body}${tail}`);

/** So many commands that nobody has written down; the same for the same seed. */
export function generatedCommands(seed: number, count: number): readonly string[] {
  return [...new Set(fc.sample(command, { seed, numRuns: count }))];
}
