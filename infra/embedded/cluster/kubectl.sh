#!/bin/sh
# Puts Debian's own kubectl (1.20, which execs by POST + SPDY) at .muster/tools/kubectl-debian, for the tests.
# Unpacked, not installed: the package refuses to stand beside a newer `kubectl` package. Idempotent.
set -eu
tools=$(cd "$(dirname "$0")/../../.." && pwd)/.muster/tools
target=$tools/kubectl-debian
[ ! -x "$target" ] || exit 0
command -v apt-get >/dev/null 2>&1 || { echo "kubectl.sh: apt-get is needed, this is not Debian" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chown _apt "$work" 2>/dev/null || true # apt downloads as its own user
cd "$work"
apt-get download kubernetes-client >&2
dpkg -x kubernetes-client_*.deb unpacked
mkdir -p "$tools"
cp unpacked/usr/bin/kubectl "$target.part"
mv "$target.part" "$target"
