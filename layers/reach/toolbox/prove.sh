echo "pid $_q"
echo "root $(stat -L -c '%d:%i' "${R:-/}") $(stat -L -c '%d:%i' /proc/$_q/root)"
while read -r _k _d _v _r _t _n;do [ "$_t" = / ]&&_l=$_v;done </proc/$_q/mountinfo
echo "mount $_l"
while read -r _k _n _v;do case $_k in Uid:|Gid:)echo "$_k ${_n%%[!0-9]*}";;esac;done </proc/$_q/status
while read -r _l;do echo "cgroup $_l";done </proc/$_q/cgroup
