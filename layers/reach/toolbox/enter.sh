_c=${2#-} _m=$4 _o=$5 _p=$6 _b=/proc/self/fd/8/busybox
(PATH=/;stat -c %n /proc)>/dev/null 2>&1||{ echo "muster: applets">&2;exit 1;}
while read -r _k _n _v;do case $_k in Gid:)_h=${_n%%[!0-9]*};;Groups:)_h="$_h $_n $_v";;esac;done </proc/self/status
while read -r _k _n _v;do case $_k in Uid:)_u=${_n%%[!0-9]*};;Gid:)_g=${_n%%[!0-9]*};;Groups:)_s="$_n $_v";;esac;done </proc/$_q/status
[ -e /proc/$_q/root/. ]||{ echo "muster: denied $_u:$_g">&2;exit 1;}
[ "$_c" ]||_c=$(readlink /proc/$_q/cwd)
[ "$_u" = 0 ]||[ -x /bin/gosu ]||{ echo "muster: gosu">&2;exit 1;}
_a=muster_$_g;for _v in $_s;do _a=${_a}_$_v;done
_f(){ for _v in $_s;do echo "muster:x:$_v:$_a">>/etc/group||return;done;echo "$_a:x:0:$_g::/:">>/etc/passwd;}
if [ "$_h" = "$_g $_s" ]||[ ! -x /bin/gosu ];then _a=
elif grep -q "^$_a:" /etc/passwd||{ mkdir -p /etc&&_f;};then :
elif [ "$_u" = 0 ];then _a=
else case $_s in ' '|"$_g ")_a=0:$_g;;*)_a=-;;esac;fi 2>/dev/null
[ "$_a" != - ]||{ echo "muster: groups">&2;exit 1;}
eval "set -- $(tr '\0\n' '\n\001' </proc/$_q/environ|sed "s/'/'\\\\''/g;s/.*/'&'/"|tr '\n\001' ' \n')"
for _v;do case ${_v%%=*} in "$_v"|''|_?|[0-9]*|*[!A-Za-z0-9_]*);;*)command export "$_v";;esac;done
[ "$PATH" ]||export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
exec 8</bin
set -- $_b sh
[ "$_m" ]&&set -- $_b sh -c "$_m" "$_o" "$_p"
[ "$_u$_a" = 0 ]||[ "${HOME+x}$_u" != 0 ]||set -- $_b env -u HOME "$@"
[ "$_u" = 0 ]||set -- $_b nsenter -S "$_u" $_b env "HOME=${HOME-/}" "$@"
set -- /bin/busybox chroot /proc/$_q/root $_b sh -c 'cd "$0" 2>/dev/null||cd /;unset OLDPWD SHLVL;exec "$@"' "$_c" "$@"
[ ! "$_a" ]||set -- /bin/gosu "$_a" "$@"
exec "$@"
