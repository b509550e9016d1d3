# frozen_string_literal: true

# Commands stand here literally and without interpolation: a scanner may send ahead only what the profile's source spells
# out. They use what dash, busybox ash and bash share, and predicates that GNU and busybox find share (no -printf, no
# -nouser). `u` excludes the owners that /etc/passwd knows. GNU find wants -xdev first.
CB_WALK = <<'SH'
u=
if [ -r /etc/passwd ]; then while IFS=: read -r n p i r || [ -n "$n" ]; do case $i in ''|*[!0-9]*) ;; *) u="$u ! -user $i";; esac; done </etc/passwd; fi
[ -n "$u" ] || u='-name /'
{ LC_ALL=C find / -xdev \( -path /proc -o -path /sys -o -path /dev \) -prune -o \( \
  -type d ! -perm -0001 \
  -o ! -type l \( -perm -0002 -o $u \) \
  -o -type f \( -perm -4000 -o -perm -2000 \) \
  -o -type b -o -type c \
  -o ! -type l \( -path '/bin/*' -o -path '/sbin/*' -o -path '/lib*' -o -path '/usr/bin/*' -o -path '/usr/sbin/*' -o -path '/usr/lib*' -o -path '/usr/local/*bin/*' -o -path '/usr/local/lib*' -o -path '/etc/*' -o -path '/var/spool/cron*' \) \( ! -user 0 -o -perm -0020 \) \
  -o -type f \( -name '.*_history' -o -name .rhosts -o -name .shosts -o -name hosts.equiv -o -name shosts.equiv -o -name authorized_keys -o -name authorized_keys2 \) \
  -o -type f \( -name .netrc -o -name .git-credentials -o -name .pypirc -o -name .dockercfg -o -name .pgpass -o -name .my.cnf -o -name 'id_[der]*' ! -name '*.pub' -o -name '*.p12' -o -name '*.pfx' -o -name '*.jks' -o -name '*.keystore' -o -name kubeconfig -o -name '*.kubeconfig' -o -path '*/.aws/credentials' -o -path '*/.docker/config.json' -o -path '*/.kube/config' -o -path '*/.azure/*oken*' -o -path '*/gcloud/*credentials*' \) \
  -o -type f \( -name core -o -name 'core.[0-9]*' -o -name '*.hprof' \) \
  -o -type f \( -path '/var/lib/apt/lists/*_*' -o -path '/var/cache/apt/*.bin' -o -path '/var/cache/apt/archives/*.deb' -o -path '/var/cache/apk/*' -o -path '/etc/apk/cache/*' -o -path '/var/cache/dnf/*.solv*' -o -path '/var/cache/dnf/*.rpm' -o -path '/var/cache/yum/*.sqlite*' -o -path '/var/cache/yum/*.rpm' -o -path '/var/cache/yum/*.solv*' \) \
  -o -type d \( -path '*/.cache/pip' -o -path '*/.npm/_cacache' -o -path '*/.cache/go-build' -o -path '*/.cargo/registry' -o -path '*/.cache/yarn' \) \
  -o -type d \( -name .git -o -name .svn -o -name .hg -o -name .bzr \) \
  -o -type f \( -path '/var/spool/cron/*' -o -path '/var/spool/at/*' \) \
  \) -exec stat -c '%f %u %g %s %n' {} +; echo "#end $?"; } | head -n 20000
SH

# One stat over the files that every control of the account and directory themes needs; `[ -e ]` is the shell's own, so
# an absent file is known even where there is no stat.
CB_PATHS = <<'SH'
set --
for f in /etc/passwd /etc/passwd- /etc/group /etc/group- /etc/shadow /etc/shadow- /etc/gshadow /etc/gshadow- /tmp /var/tmp /root; do
  if [ -e "$f" ]; then set -- "$@" "$f"; else echo "no $f"; fi
done
case :$PATH: in *::*|*:.:*) echo "badpath (an empty element or .)";; esac
o=$IFS; IFS=:; set -f
for d in $PATH; do
  case $d in
  /*) echo "path $d"; if [ -d "$d" ]; then set -- "$@" "$d/."; fi;;
  .|'') ;;
  *) echo "badpath $d";;
  esac
done
IFS=$o
if [ -z "$(command -v stat)" ]; then echo '#nostat'; else [ $# = 0 ] || stat -L -c 'at %f %u %g %s %n' "$@"; fi
echo "#end $?"
SH
