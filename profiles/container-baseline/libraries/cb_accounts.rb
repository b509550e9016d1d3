# frozen_string_literal: true

require 'cb_entry'

# Password fields never leave the container: the shell says only of what kind each is. No here-documents: bash before
# 5.1 writes them to a file.
CB_ACCOUNTS = <<'SH'
kind() { case $1 in '') k=empty;; x) k=shadow;; '!'*|'*'*) k=locked;; '$y$'*|'$7$'*|'$6$'*|'$5$'*|'$2'*|'$gy$'*) k=strong;; *) k=weak;; esac; }
for f in passwd group shadow; do
  if [ ! -e /etc/$f ]; then echo "absent $f"; elif [ ! -r /etc/$f ]; then echo "unreadable $f"; else echo "have $f"; fi
done
set -f
IFS=:
s=$(command -v stat)
for f in passwd group shadow; do
  [ -r /etc/$f ] || continue
  l=0
  while IFS= read -r x || [ -n "$x" ]; do
    l=$((l+1))
    case $x in '') continue;; +*|-*) [ $f = shadow ] || echo "legacy /etc/$f line $l"; continue;; esac
    set -- $x
    kind "$2"
    case $f in
    passwd)
      case $3:$4 in *[!0-9:]*|:*|*:) echo "bad /etc/passwd line $l"; continue;; esac
      echo "user $1:$3:$4:$k:$7:$6"
      case $7 in */nologin|*/false|*/sync|*/halt|*/shutdown) continue;; esac
      if [ ! -d "$6" ]; then echo "nohome $1:$3:$6"; elif [ -n "$s" ]; then stat -L -c "home $1:$3:%f %u %g %s %n" "$6"; else echo "closedhome $1:$3:$6"; fi;;
    group)
      case $3 in ''|*[!0-9]*) echo "bad /etc/group line $l"; continue;; esac
      echo "group $1:$3";;
    shadow) echo "pass $1:$k";;
    esac
  done </etc/$f
done
echo "#end 0"
SH

CbUser = Struct.new(:name, :uid, :gid, :password, :shell, :home) do
  # An empty shell field means /bin/sh.
  def login_shell? = !shell.match?(%r{/(nologin|false|sync|halt|shutdown)\z})
end

module CbAccounts
  def self.users(answer)
    answer.tagged('user').map do |line|
      name, uid, gid, password, shell, home = line.split(':', 6)
      CbUser.new(name, uid.to_i, gid.to_i, password, shell.to_s, home.to_s)
    end
  end

  def self.groups(answer)
    answer.tagged('group').map { |line| line.split(':', 2) }.map { |name, gid| [name, gid.to_i] }
  end

  # Account name => kind of password, from shadow where passwd points to it.
  def self.passwords(answer)
    shadow = answer.tagged('pass').to_h { |line| line.split(':', 2) }
    users(answer).to_h { |user| [user.name, user.password == 'shadow' ? shadow.fetch(user.name, 'locked') : user.password] }
  end

  def self.uids(answer)
    answer.tagged('have').include?('passwd') && answer.trouble.nil? ? users(answer).map(&:uid) : nil
  end
end
