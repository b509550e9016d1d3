const units: Readonly<Record<string, number>> = { c: 1, w: 2, b: 512, k: 1024, M: 2 ** 20, G: 2 ** 30 };
const mostBytes = 1e15 - 1;
const clause = "(?:[ugoa]+[+=][rwx]+|[ug]+[+=][rwxs]+)";
const symbolic = new RegExp(`^[-/]?${clause}(?:,${clause})*$`);

/**
 * One test of a find, in words with which busybox means what GNU means; undefined for what has none. Names of users are the
 * target's, and would be looked up in the toolbox: only numbers, and root, go on.
 */
export function testIn(word: string, operand: string): readonly string[] | undefined {
  if (word === "-name" || word === "-iname") return [word, operand];
  if (word === "-type") return typeIn(operand);
  if (word === "-perm") return permissionIn(operand);
  if (word === "-size") return sizeIn(operand);
  if (word === "-mtime") return /^[-+]?\d{1,6}$/.test(operand) ? [word, operand] : undefined;
  if (word === "-mmin") return minutesIn(operand);
  if (word !== "-user" && word !== "-group") return undefined;
  if (operand === "root") return [word, "0"];
  return /^\d+$/.test(operand) ? [word, operand] : undefined;
}

/** A list of types is one of GNU's own (findutils 4.7). */
function typeIn(operand: string): readonly string[] | undefined {
  const types = operand.split(",");
  if (!types.every((type) => /^[bcdfpls]$/.test(type)) || new Set(types).size < types.length) return undefined;
  if (types.length === 1) return ["-type", operand];
  return ["(", ...types.flatMap((type, at) => [...(at === 0 ? [] : ["-o"]), "-type", type]), ")"];
}

function permissionIn(operand: string): readonly string[] | undefined {
  const [, how = "", digits = ""] = /^([-/]?)0*([0-7]{1,4})$/.exec(operand) ?? [];
  // Any of no bits is every file for GNU, and none for busybox.
  if (digits !== "") return ["-perm", how === "/" && digits === "0" ? "-0" : `${how}${digits}`];
  return symbolic.test(operand) ? ["-perm", operand] : undefined;
}

/** GNU rounds a size up to whole units before it compares, busybox does not and has no mega and giga: so in bytes. */
function sizeIn(operand: string): readonly string[] | undefined {
  const [whole, sign = "", digits = "", unit] = /^([-+]?)(\d{1,15})([cwbkMG]?)$/.exec(operand) ?? [];
  const size = units[unit || "b"] ?? 512;
  const count = Number(digits);
  if (whole === undefined || count * size > mostBytes) return undefined;
  const above = `+${count * size}c`;
  const below = `-${Math.max(0, (count - 1) * size + 1)}c`;
  if (sign !== "") return ["-size", sign === "+" ? above : below];
  if (count === 0) return ["-size", "0c"];
  return ["(", "-size", `+${(count - 1) * size}c`, "-size", `-${count * size + 1}c`, ")"];
}

/** GNU compares the age itself with so many minutes, busybox the whole minutes of it. */
function minutesIn(operand: string): readonly string[] | undefined {
  const [whole, sign = "", digits = ""] = /^([-+]?)(\d{1,8})$/.exec(operand) ?? [];
  if (whole === undefined) return undefined;
  if (sign === "-") return ["-mmin", operand];
  return Number(digits) === 0 ? undefined : ["-mmin", `${sign}${Number(digits) - 1}`];
}
