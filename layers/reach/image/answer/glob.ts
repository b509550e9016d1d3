/** A pattern of fnmatch(3) for one name; undefined for what is not understood alike everywhere. */
export function globbed(pattern: string, ignoreCase: boolean): RegExp | undefined {
  let source = "";
  for (const piece of pattern.match(/\*+|\?|\\.|\[[!^]?\]?[^\]]*\]|[\s\S]/g) ?? []) {
    if (piece.startsWith("*")) source += "[^]*";
    else if (piece === "?") source += "[^]";
    else if (piece.length > 1 && piece.startsWith("[")) {
      if (/\[[.:=]|\\/.test(piece)) return undefined;
      const inside = piece.slice(1, -1).replace(/^[!^]/, "");
      source += `[${/^\[[!^]/.test(piece) ? "^" : ""}${inside.replaceAll(/[[\]^]/g, "\\$&")}]`;
    } else source += piece.replace(/^\\/, "").replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&");
  }
  try {
    return new RegExp(`^${source}$`, ignoreCase ? "i" : "");
  } catch {
    return undefined; // a range from z to a
  }
}
