# Questions about paths below R, the root of another process, by a shell that cannot chroot. Read into each command.
# A path is walked by hand: no link is ever followed by the kernel on purpose, and what a race makes it follow is found out
# afterwards, on the folder or file that is open. B is what the kernel calls R, M the ids of the target's own mounts.
# What is no answer ends the command as a whole: $$ is the shell at its top, in whatever subshell or pipe this stands, and
# takes the signal before it goes on.
trap 'exit 92' WINCH
trap 'exit 93' USR2
trap 'exit 94' USR1
trap 'exit 95' URG
cannot(){ kill -USR2 $$;exit 93;}
moved(){ kill -USR1 $$;exit 94;}
unsearched(){ kill -URG $$;exit 95;}
# X are groups of the target's process that this one has not: what is denied to this one may be granted to that one by them.
lacking(){ [ "$X" ]||return 1;case "$X " in *" $(stat -c %g "$1") "*)kill -WINCH $$;exit 92;;esac;return 1;}
set -f
cd -P "$R" 2>/dev/null
w=$(readlink -n /proc/self/cwd;echo .)
case $w in /.)B= Z=/;;*)B=${w%.} Z=;;esac
M=' ';while read -r k _;do M="$M$k ";done <"$I"
# Is descriptor 7 open on the path $1 of the target?
open7(){
 [ "$(readlink -n /proc/self/fd/7;echo .)" = "$B$1." ]||return 1
 while read -r k v;do case $k in mnt_id:)case $M in *" $v "*)return 0;;esac;;esac;done </proc/self/fdinfo/7
 return 1
}
# A folder that may be passed and not opened cannot be told from another.
here(){ [ -r . ]||unsearched;{ exec 7<.;} 2>/dev/null&&open7 "${A:-$Z}";}
# Goes to the folder that holds the end of path $1: A is its path, N the end's name in it. $2: follow the last link as well.
# E is why not: noent, notdir, access, loop, or moved when somebody changes the folders meanwhile.
step(){
 p=$1 A= E= N=. j=0
 [ "$p" ]||{ E=noent;return;}
 cd -P "$R" 2>/dev/null||{ E=access;return;}
 while :;do
  while :;do case $p in /*)p=${p#/};;*)break;;esac;done
  [ "$p" ]||break
  c=${p%%/*};case $p in */*)p=${p#*/} x=/;;*)p= x=;;esac
  case $c in
  .)continue;;
  ..)[ "$A" ]||continue;p=${A%/*}/$p A=;cd -P "$R" 2>/dev/null;continue;;
  esac
  if [ -L "./$c" ]&&[ "$x$2" ];then
   j=$((j+1));[ $j -le 40 ]||{ E=loop;break;}
   t=$(readlink -n "./$c";echo .);t=${t%.}
   here||{ E=moved;break;}
   case $A/$c in /proc/self)t=$Q;;/proc/thread-self)t=$Q/task/$Q;;esac
   [ "$t" ]||{ E=noent;break;}
   p=$t$x$p
   case $t in /*)A=;cd -P "$R" 2>/dev/null;;esac
  elif [ "$x" ];then
   if cd -P "./$c" 2>/dev/null;then A=$A/$c
   elif [ -d "./$c" ];then E=access;lacking "./$c";break
   elif [ -e "./$c" ];then E=notdir;break
   else E=noent;break;fi
  else N=$c;break;fi
 done
 case $E in moved);;*)here||E=moved;;esac
}
walk(){
 for i in 1 2 3;do step "$1" "$2";[ "$E" = moved ]||return 0;done
 moved
}
there(){ [ -z "$E" ]&&[ -e "./$N" ];}
name(){ case $N in .)printf %s "${A:-/}";;*)printf %s "$A/$N";;esac;}
# Opens the end of the walk on 7, where it is a plain file and still the one.
get(){
 [ -z "$E" ]&&[ -f "./$N" ]||return 1
 [ -r "./$N" ]||{ lacking "./$N";return 1;}
 { exec 7<"./$N";} 2>/dev/null||return 1
 open7 "$A/$N"&&return 0
 moved
}
why(){
 case $E in access)echo 'Permission denied';;notdir)echo 'Not a directory';;loop)echo 'Too many symbolic links';;noent)echo 'No such file or directory';;
 *)if [ -d "./$N" ];then echo 'Is a directory';elif [ -e "./$N" ];then echo 'Permission denied';else echo 'No such file or directory';fi;;esac
}
F="%s:%f:%u:%g:%Y:$(printf '\001')U%u$(printf '\001'):$(printf '\001')G%g$(printf '\001'):%C"
record(){
 f= s= L= l= t=
 walk "$1" ''
 if [ -z "$E" ]&&[ -L "./$N" ];then L=L;l=$(stat -c "$F" "./$N" 2>/dev/null);t=$(readlink -n "./$N";echo .);t=${t%.};walk "$1" 1;fi
 there&&f=e
 f=$f$L
 if there;then for k in d f p S b c r;do if [ -$k "./$N" ];then f=$f$k;elif [ $k = r ];then lacking "./$N";fi;done;s=$(stat -c "$F" "./$N" 2>/dev/null);fi
 [ "$f" ]||[ "$E" != access ]||f=h
 printf '%s\n' "$f" "$s"
 [ -z "$L" ]||{ printf '%s\n' "$l";printf '%s\0' "$t";[ "$E" ]||name;printf '\0';}
 case $1 in */kmsg|*/trace_pipe*);;*)case $f in *fr*)[ "${s%%:*}" -gt 65535 ]||{ get&&exec head -c 65536 <&7;};;esac;;esac
 exit 1
}
content(){ walk "$1" 1;get&&n=$(wc -c <&7)&&echo $n&&get&&head -c $n <&7&&get&&head -c $n <&7|sha256sum;}
tests(){ case $1 in -L|-h)walk "$2" '';;*)walk "$2" 1;;esac;[ -z "$E" ]||return 1;[ "$1" "./$N" ]&&return;case $1 in -[rwx])there&&lacking "./$N";;esac;return 1;}
status(){ walk "$2" "$1";there||[ -z "$E" -a -L "./$N" ]||{ echo "stat: can't stat '$2': $(why)" >&2;return 1;};stat -c "$3" "./$N";}
reads(){ # program, its word for trouble, path, and the program's own words
 n=$1 z=$2 q=$3;shift 3;walk "$q" 1;get||{ echo "$n: $q: $(why)" >&2;return $z;};"$n" "$@" <&7
}
link(){ walk "$1" '';[ -z "$E" ]&&[ -L "./$N" ]||return 1;t=$(readlink -n "./$N";echo .);printf %s "${t%.}$2";}
ends(){ walk "$1" 1;[ -z "$E" ]||return 1;name;printf %s "$2";}
lists(){ # path, and the words of ls
 q=$1;shift;walk "$q" 1;there||{ echo "ls: $q: $(why)" >&2;return 1;}
 [ -d "./$N" ]||{ printf '%s\n' "$q";return;}
 case $N in .);;*)cd -P "./$N" 2>/dev/null||{ lacking "./$N";echo "ls: can't open '$q': Permission denied" >&2;return 1;};A=$A/$N;here||moved;;esac
 [ -r . ]||lacking .
 ls "$@"
}
listed(){ tests -e "$1"||tests -L "$1"&&printf '%s\n' "$1"||{ echo "ls: $1: No such file or directory" >&2;return 1;};}
search(){ # name: the first program of it in the target's search path
 IFS=:;for d in $T;do unset IFS;walk "$d/$1" 1;if [ -z "$E" ]&&[ -f "./$N" ]&&{ [ -x "./$N" ]||lacking "./$N";};then W=$d/$1;return 0;fi;IFS=:;done;unset IFS;return 1
}
finds(){ search "$1"&&printf '%s\n' "$2$W"||{ echo "$1: not found" >&2;return 127;};}
# A program that the target lacks, as a shell says so. One that it has cannot be run from here.
absent(){ case $1 in */*)walk "$1" 1;there;;*)search "$1";;esac&&cannot;echo "sh: $1: not found" >&2;return 127;}
# Prints what find says of the entries of the folder $1, and goes on below. The working folder is checked before each look,
# and of an entry only its own lstat is asked. $2: its depth. Y is the expression; J and K least and most depth; V a device.
# Without a K it goes as deep as this shell surely can, and what lies below is never left out in silence.
sweep(){
 local d=$1 n=$2 l s
 walk "$d" ''
 [ -z "$E" ]&&[ -d "./$N" ]&&[ ! -L "./$N" ]||return
 case $N in .);;*)cd -P "./$N" 2>/dev/null||{ lacking "./$N";echo "find: $d: Permission denied" >&2;O=1;return;};A=$A/$N;here||moved;;esac
 [ -z "$V" ]||[ "$V" = "$(stat -c %d .)" ]||return
 [ -r . ]||{ lacking .;echo "find: $d: Permission denied" >&2;O=1;return;}
 [ "$K" ]||[ $n -lt 200 ]||unsearched
 d=${d%/}
 [ $n -lt $J ]||{ eval "find . -mindepth 1 -maxdepth 1 $Y"||echo /;}|{ s=0;while IFS= read -r l;do case $l in /)s=1;;./*)printf '%s\n' "$d/${l#./}";;*)printf '%s\n' "$l";;esac;done;[ $s = 0 ];}||O=1
 [ $((n+1)) -lt ${K:-999} ]||return
 set +f;set -- ./*/ ./.[!.]*/ ./..?*/;set -f
 for s;do s=${s%/};sweep "$d/${s#./}" $((n+1));done
}
finder(){ # start, least depth, most depth or nothing, one device only, expression
 J=$(($2-1)) K=$3 V= O=0 Y=$5
 eval "find /dev/null -maxdepth 0 $Y" >/dev/null 2>&1||unsearched
 walk "$1" ''
 [ -z "$E" ]&&{ [ -e "./$N" ]||[ -L "./$N" ];}||{ echo "find: $1: $(why)" >&2;return 1;}
 [ -z "$4" ]||V=$(stat -c %d "./$N")
 # By its name in the folder above, since -name would look at the dot. A start that ends in another name is not asked for one.
 [ $J -ge 0 ]||case $N$A in ./*)N=${A##*/};cd -P ..;A=${A%/*};here||moved;case $Y in *name\'*)case $1 in */"$N"/);;*)unsearched;;esac;;esac;;esac
 [ $J -ge 0 ]||[ -z "$(S=./$N;eval "find \"\$S\" -maxdepth 0 $Y")" ]||printf '%s\n' "$1"
 [ "$K" = 0 ]||sweep "$1" 0
 return $O
}
