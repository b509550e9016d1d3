import { expensiveIf } from "../class.ts";
import { areReadable, given, type Options, type Rule } from "../options.ts";
import { isBig } from "../paths.ts";
import { literal, pattern } from "../words.ts";
import { awk } from "./awk.ts";
import { sed } from "./sed.ts";
import { looks, reads, readsTrees } from "./shapes.ts";

const grepOptions: Options = {
  flags: "EFGPivwxyclLoqsbHhnTUzaIrRZ",
  valued: "efmABCd",
  long: "extended-regexp fixed-strings basic-regexp perl-regexp ignore-case no-ignore-case invert-match word-regexp line-regexp count color colour color= colour= files-with-matches files-without-match max-count= only-matching quiet silent no-messages byte-offset with-filename no-filename line-number initial-tab null after-context= before-context= context= text binary-files= exclude= exclude-dir= include= recursive dereference-recursive line-buffered regexp= file= null-data version help",
  count: true,
  dashedValues: true,
};

const grep: Rule = (args, judge) => {
  const found = given(args, grepOptions, judge);
  if (found === undefined) return "unknown";
  const { options, operands } = found;
  const patternFiles = [...(options.get("f") ?? []), ...(options.get("file") ?? [])];
  const hasPattern = options.has("e") || options.has("regexp") || patternFiles.length > 0;
  const files = operands.slice(hasPattern ? 0 : 1);
  if (!areReadable([...patternFiles, ...files], judge)) return "unknown";
  const recursive = ["r", "R", "recursive", "dereference-recursive", "d"].some((name) => options.has(name));
  return recursive ? readsTrees(files) : "read-only";
};

const hashOptions: Options = { flags: "btz", long: "binary tag text zero version help" };
const hash = reads(hashOptions, {
  also: ({ operands }) =>
    expensiveIf(operands.length > 20 || operands.some((word) => pattern(word)?.glob !== false || isBig(word))),
});

/** Up to a thousand numbers are quick to print and to go through; more than a hundred thousand fill memory. */
const seq: Rule = (args) => {
  const texts = args.map((word) => literal(word) ?? "");
  if (!texts.every((text) => /^(?:-w|-s.|-?[0-9]{1,5})$/.test(text))) return "unknown";
  return expensiveIf(texts.some((text) => /[0-9]{4}/.test(text)));
};

/** A second operand is where the output goes. */
const uniq = reads(
  {
    flags: "cdDiuz",
    valued: "fsw",
    long: "count repeated unique ignore-case zero-terminated skip-fields= skip-chars= check-chars=",
    count: true,
  },
  { most: 1 },
);

/** The format is known, so that no `-v` can hide in it; the rest is data. */
const printf: Rule = (args) => {
  const [first, ...rest] = args;
  const format = literal(first);
  if (format === "--")
    return rest.length > 0 && literal(rest[0]) !== undefined && isModest(literal(rest[0])) ? "read-only" : "unknown";
  return format !== undefined && !format.startsWith("-") && isModest(format) ? "read-only" : "unknown";
};
/** No width that fills memory, and no `%n`, with which bash sets a variable. */
const isModest = (format: string | undefined) =>
  format !== undefined && !/%[^a-zA-Z%]*(?:[0-9]{4}|\*)|%[^a-zA-Z%]*[hljztL]*n/.test(format);

/** Programs that take text apart. */
export const text: Readonly<Record<string, Rule>> = {
  awk,
  gawk: awk,
  mawk: awk,
  nawk: awk,
  sed,
  grep,
  egrep: grep,
  fgrep: grep,
  cat: reads({
    flags: "AbeEnstTuv",
    long: "show-all number-nonblank show-ends number squeeze-blank show-tabs show-nonprinting",
  }),
  tac: reads({}),
  rev: reads({}),
  nl: reads({ flags: "p", valued: "bfhilnsvw" }),
  head: reads({ flags: "qvz", valued: "nc", long: "lines= bytes= quiet silent verbose zero-terminated", count: true }),
  tail: reads({ flags: "qvz", valued: "nc", long: "lines= bytes= quiet silent verbose zero-terminated", count: true }),
  wc: reads({ flags: "cmlLw", long: "bytes chars lines max-line-length words" }),
  cut: reads({
    flags: "nsz",
    valued: "bcdfO",
    long: "bytes= characters= delimiter= fields= only-delimited complement output-delimiter= zero-terminated",
    dashedValues: true,
  }),
  sort: reads({
    flags: "bdfgiMhnRrVcCmsuz",
    valued: "kt",
    long: "ignore-leading-blanks dictionary-order ignore-case general-numeric-sort ignore-nonprinting month-sort human-numeric-sort numeric-sort reverse version-sort check merge stable unique zero-terminated key= field-separator= sort=",
  }),
  uniq,
  tr: looks,
  paste: reads({ flags: "sz", valued: "d", long: "serial delimiters=" }),
  join: reads({ flags: "i", valued: "aveojt12" }),
  comm: reads({ flags: "123", long: "nocheck-order check-order output-delimiter= total" }),
  column: reads({ flags: "tnxe", valued: "scoNRH", long: "table separator= output-separator=" }),
  fold: reads({ flags: "bs", valued: "w", long: "bytes spaces width=" }),
  fmt: reads({ flags: "cstu", valued: "wp", long: "width=" }),
  expand: reads({ flags: "i", valued: "t" }),
  diff: reads({
    flags: "qubBwiNaEsyc",
    valued: "UCI",
    long: "brief ignore-case ignore-all-space ignore-space-change ignore-blank-lines report-identical-files unified context",
  }),
  cmp: reads({ flags: "bls", long: "silent quiet print-bytes verbose" }),
  od: reads({
    flags: "bcdoxsvalfhi",
    valued: "AjNtS",
    optional: "w",
    long: "address-radix= skip-bytes= read-bytes= format=",
  }),
  hexdump: reads({ flags: "bcCdovx", valued: "ens" }),
  base64: reads({ flags: "di", valued: "w", long: "decode wrap= help ignore-garbage" }),
  cksum: hash,
  sum: reads({ flags: "rs" }),
  md5sum: hash,
  sha1sum: hash,
  sha224sum: hash,
  sha256sum: hash,
  sha384sum: hash,
  sha512sum: hash,
  b2sum: hash,
  strings: reads({ flags: "af", valued: "n", long: "all bytes=", count: true }),
  seq,
  printf,
  echo: looks,
  expr: looks,
  basename: looks,
  dirname: looks,
  iconv: reads({ flags: "cs", valued: "ft", long: "from-code= to-code=" }),
};
