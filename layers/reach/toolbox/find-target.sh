_i=$1 _q=
for _d in /proc/[0-9]*;do while read -r _l;do case $_l in *"$_i"*)_n=${_d#/proc/};[ "${_q:-$_n}" -lt "$_n" ]||_q=$_n;break;;esac;done 2>/dev/null <$_d/cgroup;done
[ "$_q" ]||{ echo "muster: unseen">&2;exit 1;}
