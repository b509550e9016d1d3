import { type CommandClass, readOnlyIf } from "../class.ts";
import { given, type Options, type Rule } from "../options.ts";
import { literal } from "../words.ts";
import { bare, looks, lookUp, plain, reads, verbs, words } from "./shapes.ts";

const systemctlOptions: Options = {
  flags: "alqr",
  valued: "ptno",
  long: "all full quiet recursive no-pager no-legend plain property= value type= state= failed lines= output= version system before after reverse legend= show-types",
};

const systemctlVerbs = new Set(
  "show cat status is-enabled is-active is-failed is-system-running get-default show-environment list-units list-unit-files list-timers list-sockets list-dependencies list-jobs list-automounts list-paths".split(
    " ",
  ),
);

/** The verb may stand after options; without any it lists units. */
const systemctl: Rule = (args, judge) => {
  const found = given(args, systemctlOptions, judge);
  const verb = literal(found?.operands[0]);
  if (found === undefined) return "unknown";
  return readOnlyIf(found.operands.length === 0 || (verb !== undefined && systemctlVerbs.has(verb)));
};

/** Names only: `name=value` sets, with `-w` or without. */
const sysctl: Rule = (args, judge) => {
  const found = given(
    args,
    { flags: "aAbeNnqX", valued: "r", long: "all names values ignore quiet binary deprecated pattern= version" },
    judge,
  );
  const names = found?.operands.map((word) => literal(word) ?? (judge.known(word) === "number" ? "" : "=")) ?? ["="];
  return readOnlyIf(names.every((name) => /^[\w.*/:-]*$/.test(name)));
};

/** Without an operand that sets the clock: a format only. */
const date: Rule = (args, judge) => {
  const found = given(
    args,
    {
      flags: "uR",
      valued: "dr",
      optional: "I",
      long: "utc universal rfc-email date= reference= iso-8601 iso-8601= rfc-3339= version",
    },
    judge,
  );
  if (found === undefined) return "unknown";
  return readOnlyIf(found.operands.every((word) => literal(word)?.startsWith("+") === true));
};

const journalOptions: Options = {
  flags: "qrxbkeam",
  valued: "uoptgSU",
  optional: "n",
  long: "no-pager unit= lines lines= boot boot= dmesg priority= output= since= until= quiet reverse identifier= grep= no-hostname disk-usage list-boots header utc",
};

const journalctl: Rule = (args, judge): CommandClass =>
  given(args, journalOptions, judge) === undefined ? "unknown" : "expensive";

/** Its options name libraries. `getent hosts NAME` asks the network; a name made at run time could carry something out with the question. */
const getent: Rule = (args, judge) => {
  const database = literal(args[0]);
  if (given(args, {}, judge) === undefined || database === undefined) return "unknown";
  if (!/^(?:ahosts|ahostsv4|ahostsv6|hosts|networks|netgroup|initgroups)$/.test(database) || args.length === 1)
    return "read-only";
  return args.every((word) => literal(word) !== undefined) ? "expensive" : "unknown";
};

/** One picture of the processes; without a count `top` goes on for ever. */
const top: Rule = (args) =>
  readOnlyIf(/^-(?:b -n ?1|bn ?1|n ?1 -b)$/.test(args.map((word) => literal(word) ?? "\n").join(" ")));

/** `command -v NAME` names; `command NAME …` runs. Not `read`, whose variables are looked for where it stands first. */
const command: Rule = (args, judge) => {
  const first = literal(args[0]);
  if (first === "-v" || first === "-V") return "read-only";
  return first === undefined || first === "read" || first.startsWith("-") ? "unknown" : judge.command(args);
};

const firewall =
  /^--(?:permanent|state|zone=[\w-]+|(?:list|get)-[a-z-]+|query-[a-z-]+(?:=[\w./-]+)?|info-[a-z]+=[\w-]+)$/;

/** Programs that tell how the system, its services and its accounts are. */
export const system: Readonly<Record<string, Rule>> = {
  true: looks,
  ":": looks,
  false: looks,
  exit: looks,
  break: bare,
  continue: bare,
  type: looks,
  which: looks,
  whereis: looks,
  command,
  id: looks,
  groups: looks,
  whoami: bare,
  logname: bare,
  who: words(/^-[abdHlmpqrsTtu]+$/, { least: 0 }),
  w: words(/^-[hsf]+$/, { least: 0 }),
  users: bare,
  uname: looks,
  arch: bare,
  nproc: words(/^--all$/, { least: 0 }),
  tty: words(/^-s$/, { least: 0 }),
  uptime: words(/^-[ps]$/, { least: 0 }),
  free: words(/^(?:-[bkmghtwlv]+|--(?:mega|giga|kilo|human|total))$/, { least: 0 }),
  ps: looks,
  pgrep: plain({ flags: "aflnovxciw", valued: "Pugtsd" }),
  pidof: looks,
  top,
  printenv: looks,
  // with arguments it runs a program, in an environment that somebody else chose
  env: words(/^(?:-0|--null)$/, { least: 0 }),
  locale: words(/^(?:-[akmc]+|[A-Z_]+)$/, { least: 0 }),
  getconf: words(/^(?:-a|[A-Z_0-9]+)$/),
  lscpu: looks,
  lspci: words(/^-[vknmDt]+$/, { least: 0 }),
  lsns: bare,
  ipcs: looks,
  ulimit: words(/^-[SH]?[a-z]$/, { least: 0 }),
  kill: words(/^-l$/),
  date,
  hostname: words(/^(?:-[fsdiIAya]|--(?:fqdn|long|short|domain|ip-address|all-ip-addresses|all-fqdns))$/, { least: 0 }),
  dnsdomainname: bare,
  domainname: bare,
  hostnamectl: words(/^(?:status|--static|--no-pager)$/, { least: 0 }),
  timedatectl: words(/^(?:status|show|list-timezones|--no-pager|--value|-p|--property=\w+|[A-Z]\w+)$/, { least: 0 }),
  localectl: words(/^(?:status|--no-pager)$/, { least: 0 }),
  loginctl: words(/^(?:list-sessions|list-users|list-seats|--no-pager|--no-legend)$/, { least: 0 }),
  systemctl,
  initctl: verbs({
    status: words(/^[\w.-]+$/),
    list: bare,
    "show-config": words(/^[\w.-]+$/, { least: 0 }),
    "--version": bare,
    version: bare,
  }),
  chkconfig: verbs({ "--list": words(/^[\w.-]+$/, { least: 0, most: 1 }) }),
  "rc-update": words(/^(?:show|-v|-a)$/),
  "rc-status": words(/^(?:-a|--all|-s|-l)$/, { least: 0 }),
  runlevel: bare,
  sysctl,
  modinfo: reads({ flags: "adlpn0", valued: "F", long: "field= author description license parameters filename" }),
  modprobe: plain(
    { flags: "nvcDqaR", long: "showconfig show-config show-depends dry-run simulate show verbose quiet resolve-alias" },
    { needs: "n c D R showconfig show-config show-depends dry-run simulate show resolve-alias" },
  ),
  dmesg: plain(
    { flags: "kuTxrtLde", valued: "lf", long: "kernel userspace ctime decode raw notime level= facility= nopager" },
    { operands: 0 },
  ),
  journalctl,
  getent,
  chage: plain({ flags: "li", long: "list iso8601" }, { operands: 1, needs: "l list" }),
  passwd: (args) =>
    readOnlyIf(
      /^(?:-S|--status)(?: (?:-a|--all|[a-z_][\w-]*))?$/.test(args.map((word) => literal(word) ?? "\n").join(" ")),
    ),
  pwck: words(/^-r$/),
  grpck: words(/^-r$/),
  useradd: words(/^(?:-D|--defaults)$/),
  lastlog: plain({ valued: "ubt", long: "user= before= time=" }, { operands: 0 }),
  last: plain({ flags: "aFiRwx", valued: "nst", long: "fulltimes fullnames limit=", count: true }),
  lastb: plain({ flags: "aFiRwx", valued: "nst", long: "fulltimes fullnames limit=", count: true }),
  crontab: plain({ flags: "l", valued: "u" }, { operands: 0, needs: "l" }),
  atq: bare,
  auditctl: words(/^-[ls]$/),
  sestatus: words(/^-[bv]+$/, { least: 0 }),
  getenforce: bare,
  selinuxenabled: bare,
  getsebool: looks,
  semodule: words(/^(?:-l|-lfull|--list-modules(?:=full)?|-lstandard)$/),
  semanage: (args) =>
    readOnlyIf(
      args.slice(1).some((word) => /^(?:-l|--list)$/.test(literal(word) ?? "")) &&
        args.every((word, at) =>
          (at === 0 ? /^(?:boolean|fcontext|interface|login|module|node|port|user)$/ : /^(?:-l|--list|-n|-C)$/).test(
            literal(word) ?? "",
          ),
        ),
    ),
  "aa-status": words(/^--[a-z]+$/, { least: 0 }),
  apparmor_status: words(/^--[a-z]+$/, { least: 0 }),
  "update-crypto-policies": words(/^--(?:show|is-applied|check)$/),
  "fips-mode-setup": words(/^--(?:check|is-enabled)$/),
  authselect: words(/^(?:current|check|list|-r|--raw)$/),
  grubby: words(/^--(?:info=[\w/.-]+|default-kernel|default-index|default-title)$/),
  "grub2-editenv": words(/^(?:-|list)$/),
  "firewall-cmd": words(firewall),
  sshd: (args) =>
    readOnlyIf(/^(?:-T(?: -C [\w=,.:-]+)*|-V)$/.test(args.map((word) => literal(word) ?? "\n").join(" "))),
  postconf: words(/^(?:-[ndhH]+|[a-z][a-z0-9_]*)$/, { least: 0 }),
  dmidecode: plain({ flags: "q", valued: "st", long: "quiet string= type=" }, { operands: 0 }),
  nginx: words(/^-[vVh]$/),
  httpd: words(/^-[vV]$/),
  apache2: words(/^-[vV]$/),
  ssh: words(/^-V$/),
};

/** Programs of which nothing is known but that they tell their version. */
const versioned = new Set(
  "bash curl dash docker git gpg java mysql mysqld nft node openssl perl php podman psql python python2 python3 ruby sudo tar vim wget".split(
    " ",
  ),
);

/** Whether a program is only asked for its version, or whether it is one that needs nothing else to be known. */
export const asksVersion: (program: string, args: readonly (string | undefined)[]) => boolean = (program, args) =>
  args.length === 1 && args[0] === "--version" && (versioned.has(program) || lookUp(system, program) !== undefined);
