import { type CommandClass, readOnlyIf } from "../class.ts";
import { given, type Judge, type Options, type Rule } from "../options.ts";
import type { Word } from "../syntax.ts";
import { literal } from "../words.ts";
import { bare, plain, verbs, words } from "./shapes.ts";

const names = plain({});

/** `dpkg ACTION NAMES`: no option besides the action, since some of them name a program to run. */
const dpkg = verbs({
  ...Object.fromEntries(
    "-s --status -l --list -L --listfiles -S --search -p --print-avail --get-selections --compare-versions"
      .split(" ")
      .map((action) => [action, names]),
  ),
  "--print-architecture": bare,
  "--print-foreign-architectures": bare,
  "--version": bare,
  ...Object.fromEntries("-V --verify -C --audit".split(" ").map((action) => [action, slow(names)])),
});

const dpkgQuery = plain(
  {
    flags: "WslLSpc",
    valued: "f",
    long: "show status list listfiles search print-avail control-list control-show showformat= version no-pager",
  },
  { needs: "W s l L S p c show status list listfiles search print-avail control-list control-show version" },
);

function slow(rule: Rule): Rule {
  return (args, judge): CommandClass => (rule(args, judge) === "unknown" ? "unknown" : "expensive");
}

/**
 * Queries of the database of installed packages. Not `-p`, which may fetch a URL; not `--dbpath`, which makes a
 * database where there is none; not what takes macros, since a macro may run a program.
 */
const rpmQuery: Options = {
  flags: "qailcdfRvs",
  long: "query all info list configfiles docfiles file queryformat= qf= last changelog provides requires whatprovides whatrequires scripts triggers state nosignature nodigest conflicts obsoletes",
};
const rpmVerify: Options = {
  flags: "Vavcf",
  long: "verify all nodeps nodigest nosignature noscripts nofiles nomtime nosize nomode nouser nogroup nolinkto nordev nofiledigest noconfig noghost file",
};

const rpm: Rule = (args, judge): CommandClass => {
  // what `-i` means hangs on what stands before it
  const query = /^-(?:q|-query$)/.test(literal(args[0]) ?? "") ? given(args, rpmQuery, judge) : undefined;
  const formats = [...(query?.options.get("queryformat") ?? []), ...(query?.options.get("qf") ?? [])];
  if (query !== undefined) {
    const plainFormats = formats.every((word) => literal(word)?.includes(":expand") === false);
    return readOnlyIf(plainFormats && query.operands.every((word) => isPlainName(word, judge)));
  }
  const verify = given(args, rpmVerify, judge);
  if (verify?.options.has("V") || verify?.options.has("verify")) {
    return verify.operands.every((word) => isPlainName(word, judge)) ? "expensive" : "unknown";
  }
  return args.length === 1 && literal(args[0]) === "--version" ? "read-only" : "unknown";
};

/** A name or a path, and no macro or address. */
const isPlainName = (word: Word, judge: Judge) => {
  const text = literal(word);
  return text === undefined ? judge.known(word) !== "any" : /^[\w.+:*?/~^-]*$/.test(text) && !text.includes("://");
};

const alternatives = verbs({ "--display": names, "--query": names, "--list": names, "--get-selections": bare });

/** Programs that tell what is installed. Not apt and apt-cache: they write their cache anew. */
export const packages: Readonly<Record<string, Rule>> = {
  dpkg,
  "dpkg-query": dpkgQuery,
  "dpkg-divert": verbs({ "--list": words(/^[\w/.*]+$/, { least: 0 }) }),
  debsums: slow(words(/^-[casl]+$/, { least: 0 })),
  rpm,
  apk: verbs({
    info: plain({
      flags: "veLadwsrRWiq",
      long: "no-network installed all description contents depends size webpage license provides who-owns rdepends quiet verbose",
    }),
    list: plain({ flags: "IvqOu", long: "no-network installed upgradable available orphaned quiet verbose" }),
    "--version": bare,
    "--print-arch": bare,
    audit: slow(words(/^(?:--system|--full|-q)$/, { least: 0 })),
  }),
  pacman: (args, judge): CommandClass => {
    const found = given(args, { flags: "Qiqletdm" }, judge);
    return readOnlyIf(found?.options.has("Q") === true);
  },
  gem: (args) =>
    readOnlyIf(/^list --local -a -q \^[\w.-]+\$$/.test(args.map((word) => literal(word) ?? "\n").join(" "))),
  "update-alternatives": alternatives,
  alternatives,
  "apt-config": words(/^dump$/),
};
