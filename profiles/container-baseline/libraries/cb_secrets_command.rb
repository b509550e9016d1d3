# frozen_string_literal: true

# Values are judged where they are; only names, kinds and places come out. Built-in patterns do it, so bash alone is
# enough; where `read -d` is missing, `tr` turns NUL into newline, and newlines in values into spaces. The first line
# marks this text, as the way in may show it among the arguments of its own processes.
CB_ENVIRONMENT = <<'SH'
muster_baseline=1
c='[A-Z0-9]'; c=$c$c$c$c; c=$c$c$c$c
kinds() {
  k=
  case $1 in *AKIA$c*|*ASIA$c*) k="$k,AWS access key";; esac
  case $1 in *ghp_????????????????????*|*gho_????????????????????*|*ghs_????????????????????*|*github_pat_????????????????????*) k="$k,GitHub token";; esac
  case $1 in *glpat-????????????????????*) k="$k,GitLab token";; esac
  case $1 in *xoxb-??????????*|*xoxp-??????????*|*xoxa-??????????*) k="$k,Slack token";; esac
  case $1 in *AIza??????????????????????????????*) k="$k,Google API key";; esac
  case $1 in *sk_live_????????????????*) k="$k,Stripe key";; esac
  case $1 in *npm_??????????????????????????????*) k="$k,npm token";; esac
  case $1 in *-----BEGIN*PRIVATE\ KEY-----*) k="$k,private key";; esac
  case $1 in *eyJ*.eyJ*.??????????*) k="$k,JSON web token";; esac
  case $1 in *AccountKey=????????????????????*) k="$k,Azure storage key";; esac
  case $1 in *://*) r=${1#*://}; r=${r%%/*}; case $r in ?*:?*@?*) k="$k,password in a URL";; esac;; esac
}
variable() {
  case $2 in '') return;; *=*) ;; *) n='(entry without a name)'; v=$2; kinds "$v"; echo "var $1 $n:set:$k"; return;; esac
  n=${2%%=*}; v=${2#*=}
  case $n in ''|*[!A-Za-z0-9_.-]*) n='(odd name)';; esac
  kinds "$v"; t=set
  if [ -z "$v" ]; then t=empty; else case $v in true|false|yes|no|on|off|True|False) t=switch;; /*) if [ -e "$v" ]; then t=path; fi;; esac; fi
  echo "var $1 $n:$t:$k"
}
arguments() {
  case $2 in *muster_baseline=1*) return;; esac
  kinds "$2"; w=
  case $2 in *--password=?*|*--passwd=?*|*--token=?*|*--secret=?*|*--api-key=?*|*--apikey=?*|*-p=?*|*--password\ ?*|*--passphrase?[!-]*) w='password or token option';; esac
  case $2 in *--password=/*|*--password-file*) w=;; esac
  if [ -n "$w$k" ]; then echo "arg $1:${w:-${k#,}}"; fi
}
each() {
  if [ -n "$(command -v tr)" ]; then tr '\000\012' '\012\040' <"$2" | while IFS= read -r x || [ -n "$x" ]; do variable $1 "$x"; done
  elif [ -n "$BASH_VERSION" ]; then while IFS= read -r -d '' x || [ -n "$x" ]; do variable $1 "$x"; done <"$2"
  else echo "closed $1 no tr in the container"; fi
}
for s in main:1 exec:$$; do
  f=/proc/${s#*:}/environ; s=${s%:*}
  if ( : <"$f" ) 2>&-; then each $s $f; elif [ -e $f ]; then echo "closed $s no permission to read its environment"; else echo "closed $s no $f"; fi
done
i=0
if [ -e /proc/1/cmdline ]; then
  for d in /proc/[0-9]*; do
    [ $d = /proc/$$ ] && continue
    x=
    if [ -n "$(command -v tr)" ]; then x=$(tr '\000\012' '\040\040' 2>&- <$d/cmdline)
    elif [ -n "$BASH_VERSION" ]; then while IFS= read -r -d '' y; do x="$x $y"; done 2>&- <$d/cmdline
    else echo 'closed arguments no tr in the container'; break; fi
    n=; { read -r n <$d/comm; } 2>&-
    if [ -n "$x" ]; then i=$((i+1)); arguments "${d#/proc/} $n" "$x"; fi
  done
  [ $i = 0 ] || echo arguments
else echo 'closed arguments no /proc'; fi
echo "#end 0"
SH

# grep -l names files and never prints a line. Trees of installed packages are left out: their samples and test keys
# are nobody's secret, and they are most of an image's files.
CB_CONTENTS = <<'SH'
{ LC_ALL=C find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /usr/share -o -path /usr/lib -o -path /usr/include -o -path /usr/libexec -o -path '/lib*' -o -path /var/lib/dpkg -o -path /var/lib/apt -o -path /var/lib/rpm -o -path /var/cache -o -path /etc/ssl/certs -o -path /etc/pki/ca-trust -o -name node_modules -o -name site-packages -o -name dist-packages -o -name vendor \) -prune -o -type f -size -256 \( -name '.env*' -o -name '*.env' -o -name '*.conf' -o -name '*.cfg' -o -name '*.cnf' -o -name '*.ini' -o -name '*.properties' -o -name '*.y*ml' -o -name '*.json' -o -name '*.toml' -o -name '*.xml' -o -name '*.sh' -o -name '*.txt' -o -name '*.tf*' -o -name '*.pem' -o -name '*.key' -o -name '*.crt' -o -name 'id_*' -o -name '*_key' -o -name 'credentials*' -o -name 'config' -o -name 'secret*' -o -name 'password*' -o -name '.npmrc' -o -name '.netrc' -o -name '.pypirc' -o -name '.git-credentials' -o -name '.dockercfg' -o -name '.pgpass' -o -name 'kubeconfig' -o -name '.*_history' -o -name '.*rc' -o -name '.profile' \) -exec "${BASH:-sh}" -c '
look() { k=$1; e=$2; shift 2; LC_ALL=C grep -lE -e "$e" -- "$@" | while IFS= read -r f; do echo "holds $k|$f"; done; }
look "AWS access key" "(^|[^A-Z0-9])(AKIA|ASIA)[A-Z0-9]{16}([^A-Z0-9]|\$)" "$@"
look "AWS secret key" "aws_secret_access_key[\"]? *[=:] *[\"]?[A-Za-z0-9/+]{40}" "$@"
look "private key" "BEGIN ([A-Z0-9]+ )*PRIVATE KEY-----" "$@"
look "GitHub token" "(gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{22})" "$@"
look "GitLab token" "glpat-[A-Za-z0-9_-]{20}" "$@"
look "Slack token" "xox[abprs]-[0-9A-Za-z-]{10}" "$@"
look "Google API key" "AIza[0-9A-Za-z_-]{35}" "$@"
look "Google Cloud key" "\"private_key_id\" *:" "$@"
look "npm token" "(_authToken *=.|npm_[A-Za-z0-9]{36})" "$@"
look "Stripe key" "sk_live_[0-9a-zA-Z]{16}" "$@"
look "Azure storage key" "AccountKey=[A-Za-z0-9+/=]{40}" "$@"
look "password in a URL" "[a-z][a-z0-9+]*://[^/:@ ]+:[^/:@ \$<{%*]{3,}@[^ ]" "$@"
look "registry login" "\"auth\" *: *\"[A-Za-z0-9+/=]{8,}\"" "$@"
look "Kubernetes credential" "client-key-data: *.|^ *token: *[A-Za-z0-9._-]{20}" "$@"
for a; do case ${a##*/} in .env*|*.env) look "password" "^(export )?[A-Za-z0-9_]*(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY) *= *[\"]?[^ \"\$<{]{4,}" "$a";; esac; done
for a; do case ${a##*/} in .netrc|.pypirc|.pgpass|.git-credentials|password*|*.properties) look "password" "password *[ =:] *[^ \$<{]{3,}" "$a";; esac; done
[ -n "$(command -v stat)" ] && stat -c "mode %f %u %g %s %n" -- "$@"
r=0; for a; do [ -r "$a" ] || echo "closed $a"; done
printf "x" | grep -qE -e "[w-y]{1}" || { echo "nogrep"; r=1; }
exit $r' sh {} +; echo "#end $?"; } | head -n 20000
SH

# Certificates are public: their blocks come out whole and are dated by the scanner, since few containers have openssl.
CB_CERTIFICATES = <<'SH'
{ LC_ALL=C find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /usr/share -o -path /usr/lib -o -path '/lib*' -o -path /etc/ssl/certs -o -path /etc/ssl/cert.pem -o -path /etc/pki/ca-trust -o -path /etc/ca-certificates -o -path /usr/local/share/ca-certificates -o -path /var/cache -o -path /var/lib/apt -o -name node_modules -o -name site-packages -o -name dist-packages -o -name vendor -o -name 'ca-bundle*' -o -name 'cacert*' \) -prune -o -type f -size -256 \( -name '*.pem' -o -name '*.crt' -o -name '*.cer' -o -name '*.cert' \) -exec "${BASH:-sh}" -c '
r=0
for a; do
  [ -r "$a" ] || { echo "closed $a"; continue; }
  echo "file $a"; sed -n "/-----BEGIN CERTIFICATE-----/,/-----END CERTIFICATE-----/p" "$a" || r=1
done
exit $r' sh {} +; echo "#end $?"; } | head -n 20000
SH
