const reserved = "! { } [[ ]] case coproc do done elif else esac fi for function if in select then time until while";
const special = ". : break continue eval exec exit export readonly return set shift source times trap unset";
const builtin =
  "[ alias bg bind builtin caller cd chdir command compgen complete compopt declare dirs disown echo enable false fc fg getopts hash help history jobs kill let local logout mapfile popd printf pushd pwd read readarray shopt suspend test true type typeset ulimit umask unalias wait";

/**
 * Words that a shell runs itself: the reserved words and builtins of POSIX (XCU 2.4, 2.14, 1.6), Bash and ash. That no program
 * has such a name says nothing, since every shell knows it: "not found" is never the answer to one.
 */
export const shellWords: ReadonlySet<string> = new Set(`${reserved} ${special} ${builtin}`.split(" "));
