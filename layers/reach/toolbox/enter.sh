_c=${2#-} _m=$4 _o=$5 _p=$6 _b=/proc/self/fd/8/busybox
(PATH=/;stat -c %n /proc)>/dev/null 2>&1||{ echo "muster: applets">&2;exit 1;}
while read -r _k _n _v;do case $_k in Uid:)_u=${_n%%[!0-9]*};;Gid:)_g=${_n%%[!0-9]*};;esac;done </proc/$_q/status
[ -e /proc/$_q/root/. ]||{ echo "muster: denied $_u:$_g">&2;exit 1;}
[ "$_c" ]||_c=$(readlink /proc/$_q/cwd)
[ "$_u" = 0 ]||[ -x /bin/gosu ]||{ echo "muster: gosu">&2;exit 1;}
eval "set -- $(tr '\0\n' '\n\001' </proc/$_q/environ|sed "s/'/'\\\\''/g;s/.*/'&'/"|tr '\n\001' ' \n')"
for _v;do case ${_v%%=*} in "$_v"|''|_?|[0-9]*|*[!A-Za-z0-9_]*);;*)command export "$_v";;esac;done
[ "$PATH" ]||export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
exec 8</bin
set -- $_b sh
[ "$_m" ]&&set -- $_b sh -c "$_m" "$_o" "$_p"
[ "$_u" = 0 ]||set -- /proc/self/fd/8/gosu "$_u:$_g" $_b env "HOME=${HOME-/}" "$@"
exec chroot /proc/$_q/root $_b sh -c 'cd "$0" 2>/dev/null||cd /;unset OLDPWD SHLVL;exec "$@"' "$_c" "$@"
