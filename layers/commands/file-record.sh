f= s=
for t in e L d f p S b c r;do [ -$t "$p" ]&&f=$f$t;done
F=%s:%f:%u:%g:%Y:%U:%G:%C
case $f in
e*)s=$(stat -L -c $F "$p");;
'')d=$p;until [ -e "$d" ];do case $d in */*)d=${d%/*};;*)break;;esac;done
[ -d "$d" ]&&! [ -x "$d" ]&&f=h;;
esac
printf '%s\n' "$f" "$s"
case $f in *L*)printf '%s\n' "$(stat -c $F "$p")"
readlink -n "$p";printf '\0';readlink -n -f "$p";printf '\0';;esac
case $p in */kmsg|*/trace_pipe*);;*)case $f in *fr*)[ "${s%%:*}" -gt 65535 ]||exec head -c 65536 <"$p";;esac;;esac
exit 1
