# Whether a lent program understood what it was asked. Stands before a command that uses one.
# What failed is asked once more, only for what it says of its words: without its input, and where no file can be opened. One
# that did not understand ends the command as a whole, by a signal to the shell at its top, whatever lies between.
trap 'exit 93' USR2
muster_no(){ kill -USR2 ${muster_s-$$};exit 93;}
# An exit code, and the words that ended with it.
muster_of(){ local c=$1;shift;[ $c -gt 127 ]||muster_ok "$@"||muster_no;return $c;}
# The first words of a list, ready for eval.
muster_first(){ local i=0;while [ $i -lt $1 ];do i=$((i+1));printf ' "${%s}"' $i;done;}
muster_ok(){
 local p=$1 n=0 a o
 shift
 case $p in
 find)
  while :;do case ${1-} in -[HL])shift;;''|-*|\(*|!*)break;;*)shift;;esac;done
  muster_each "$@"||return 1
  set -- /muster/. "$@"
 ;;
 xargs|env|timeout|setsid|ionice|nice|nohup)
  while [ $n -lt $# ];do eval "a=\${$((n+1))}";case $a in -[aEILnPsdukC])n=$((n+2));;-*|*=*|[0-9]*)n=$((n+1));;*)break;;esac;done
  [ $n -ge $# ]||(shift $n;muster_ok "$@")||return 1
  [ $n -le $# ]||n=$#
  eval "set -- $(muster_first $n) true"
  [ $p != xargs ]||set -- -r "$@"
 ;;
 # Patterns and programs are looked at with the first line.
 awk)case $* in *system*)return;;esac;set -- "$@" -;;
 grep|egrep|fgrep)set -- "$@" -;;
 *)case " $muster_p " in *" $p "*);;*)return;;esac;;
 esac
 o=$(echo|(ulimit -n 3;command "$p" "$@") 2>&1 >/dev/null)
 case $o in *multi-call\ binary*|*': invalid '*|*': bad '*|*': unrecognized'*|*': unsupported '*|*': unknown '[oks][per]*|*': expected '*|*': missing '*|*': cmd. line'*)return 1;;esac
}
# What a find starts is told of its own misuse, and does not tell it on.
muster_each(){
 local n a
 while [ $# -gt 0 ];do
  case $1 in -exec|-execdir|-ok|-okdir)n=0;for a;do case $a in \;|+)break;;esac;n=$((n+1));done;(eval "set -- $(muster_first $n)";shift;muster_ok "$@")||return 1;;esac
  shift
 done
}
# Runs a program and its words. Shells among these are handed the functions, which they hand on to nobody else.
muster_run(){
 case " $* " in *sh\ -*);;*)command "$@";return;;esac
 local n=$# s=0 a
 while [ $n -gt 0 ];do
  a=$1 n=$((n-1));shift
  case $s$a in
  0sh|0ash|0hush)s=1;;
  1-c|1-[eux]c)s=2;;
  2*)s=0;command sh -n -c "$a" 2>/dev/null||muster_no;a='export -n muster_t muster_s;eval "$muster_t";'$a;;
  *)s=0;;
  esac
  set -- "$@" "$a"
 done
 muster_t="$muster_t" muster_s=${muster_s-$$} command "$@"
}
muster_find(){
 local c=0
 muster_run find "$@"||c=$?
 case "$c $*" in 0*\ -exec*|0*\ -ok*|[1-9]*)muster_of $c find "$@";;esac
}
# A shell, of which only a command in its words is known beforehand.
muster_sh(){ case ${2-} in -c|-[eux]c)muster_run "$@";;*)muster_no;;esac;}
