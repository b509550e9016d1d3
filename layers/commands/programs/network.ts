import { expensiveIf, readOnlyIf } from "../class.ts";
import { given, type Rule } from "../options.ts";
import { isReadable } from "../paths.ts";
import { literal } from "../words.ts";
import { plain, verbs, words } from "./shapes.ts";

/** Without `-n` it asks the network for names. */
const netstat: Rule = (args, judge) => {
  const found = given(
    args,
    {
      flags: "aegilnNoprstuvwWxZ46",
      valued: "Af",
      long: "all listening numeric program programs tcp udp route interfaces wide extend",
    },
    judge,
  );
  if (found === undefined || found.operands.length > 0) return "unknown";
  return expensiveIf(!found.options.has("n") && !found.options.has("numeric"));
};

const ipOptions =
  /^-(?:4|6|o|br|brief|s|stats|statistics|d|details|j|json|p|pretty|N|Numeric|oneline|c|color|f|family)$/;
const ipObjects =
  /^(?:a|addr|address|l|link|r|route|ru|rule|n|neigh|neighbor|neighbour|maddr|maddress|mroute|ntable|token)$/;

/** `ip [OPTIONS] OBJECT [show …]`; another verb sets, runs or watches. */
const ip: Rule = (args) => {
  const texts = args.map((word) => literal(word));
  let at = 0;
  while (ipOptions.test(texts[at] ?? "")) at += /^-f(?:amily)?$/.test(texts[at] ?? "") ? 2 : 1;
  const [object = "", verb = "show", ...selectors] = texts.slice(at);
  const known = texts.every((text) => text !== undefined) && ipObjects.test(object);
  return readOnlyIf(
    known && /^(?:s|sh|show|list|ls|lst)$/.test(verb) && selectors.every((text) => /^[\w.:/@-]+$/.test(text ?? "")),
  );
};

/** Words that are only looked at or printed by `openssl`, and where it reads from. */
const opensslOptions = {
  words:
    "noout text subject issuer dates startdate enddate fingerprint modulus serial purpose hash subject_hash issuer_hash check pubin pubkey email ext= ocsp_uri alias sha1 sha256 sha384 sha512 md5 certopt= nameopt= checkend= checkhost= checkip= checkemail= inform= in= passin= a v V s tls1_2 tls1_3 d help CAfile= verbose crlnumber lastupdate nextupdate",
};

const openssl: Rule = (args, judge) => {
  const verb = literal(args[0]);
  if (
    !/^(?:version|x509|rsa|ec|pkey|dsa|req|crl|verify|ciphers|dgst|md5|sha1|sha256|sha384|sha512|list)$/.test(
      verb ?? "",
    )
  )
    return "unknown";
  const found = given(args.slice(1), opensslOptions, judge);
  if (found === undefined) return "unknown";
  const read = [
    ...(found.options.get("in") ?? []),
    ...(found.options.get("CAfile") ?? []),
    ...(verb === "ciphers" ? [] : found.operands),
  ];
  const isFile = read.every((word) => isReadable(word) && !/^[a-z]+:/i.test(literal(word) ?? ":"));
  const form = literal(found.options.get("inform")?.[0] ?? []) ?? "";
  const phrase = (found.options.get("passin") ?? []).every((word) => /^pass:/.test(literal(word) ?? ""));
  // with a request or a key that is not read from a file it would ask for, or make, one
  const needsInput = /^(?:req|rsa|ec|dsa|pkey)$/.test(verb ?? "") && !found.options.has("in");
  return readOnlyIf(isFile && phrase && !needsInput && /^(?:|PEM|DER|pem|der)$/.test(form));
};

/** With `-n` and without a host's name, or it asks the network. */
const lsof: Rule = (args) =>
  readOnlyIf(
    args.some((word) => /^-P?nP?$/.test(literal(word) ?? "")) &&
      args.every((word) =>
        /^-(?:[nPtUal]+|i[46]?(?:TCP|UDP|tcp|udp)?(?::[0-9]+)?|F[a-zA-Z0]*)$/.test(literal(word) ?? ""),
      ),
  );

/** Programs that tell about interfaces, routes, sockets and certificates. */
export const network: Readonly<Record<string, Rule>> = {
  ip,
  ss: plain({
    flags: "aeHiilmnoOpstuxwZ460SM",
    valued: "fA",
    long: "all listening processes numeric tcp udp unix raw no-header extended memory info summary options",
  }),
  netstat,
  lsof,
  ifconfig: words(/^(?:-a|-s|-v|(?:lo|eth|en|wl|br|bond|docker|veth)[\w.:-]*)$/, { least: 0, most: 1 }),
  iwconfig: words(/^[a-z][\w.:-]*$/, { least: 0, most: 1 }),
  route: words(/^-[nerv46]+$/),
  arp: words(/^-[nae]+$/),
  brctl: verbs({ show: words(/^[\w.:-]+$/, { least: 0 }) }),
  openssl,
};
