import { type CommandClass, expensiveIf } from "../class.ts";
import { given, type Options, type Rule } from "../options.ts";
import { isBig } from "../paths.ts";
import { lead } from "../words.ts";
import { find } from "./find.ts";
import { bare, looks, plain, reads, words } from "./shapes.ts";
import { bracket, test } from "./test.ts";

/** Lists names and attributes; with `-R` it walks. */
const lists: Rule = (args) =>
  expensiveIf(args.some((word) => /^-(?:[A-Za-z0-9]*[Rr]|-recursive)/.test(lead(word))) && args.some(isBig));

const duOptions: Options = {
  flags: "aAbcDHhkLlmPsSx0",
  valued: "dBt",
  long: "all apparent-size bytes total human-readable summarize one-file-system max-depth= separate-dirs block-size= exclude=",
};

const du: Rule = (args, judge): CommandClass => {
  const found = given(args, duOptions, judge);
  if (found === undefined) return "unknown";
  return expensiveIf(found.operands.length === 0 || found.operands.some(isBig));
};

/** Programs that look at files' names and attributes. */
export const files: Readonly<Record<string, Rule>> = {
  find,
  test,
  "[": bracket,
  ls: lists,
  dir: lists,
  stat: looks,
  readlink: looks,
  realpath: looks,
  namei: looks,
  df: looks,
  du,
  file: reads({
    flags: "bihLknN0v",
    long: "brief mime mime-type mime-encoding dereference no-dereference version",
  }),
  getfacl: lists,
  getcap: lists,
  getfattr: lists,
  lsattr: lists,
  mountpoint: looks,
  findmnt: plain({
    flags: "AaBbcDefiJklmnPrsuvl",
    valued: "dMOoSTt",
    long: "all noheadings list output= types= target= source= mountpoint= options= raw pairs json fstab kernel df evaluate verify real submounts",
  }),
  mount: plain({ flags: "l", valued: "t", long: "version" }, { operands: 0 }),
  swapon: words(/^(?:-s|-v|--show|--summary|--noheadings|--raw|--bytes)$/),
  lsblk: looks,
  pwd: words(/^-[LP]$/, { least: 0 }),
  umask: words(/^-S$/, { least: 0 }),
  lsmod: bare,
};
