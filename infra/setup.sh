#!/bin/sh
# Makes a bare Debian 12 able to run muster: packages, npm modules, the auditor's gems, demo images.
# Idempotent: each step leaves a stamp below .muster/ and is skipped while its stamp is true.
# Usage: infra/setup.sh [--with-tests | --with-image]
#   --with-image   also what `npm run image` needs: buildah, and the compiled Lambda runtime client
#   --with-tests   all that the tests need: that, the executor image itself, a browser, a kubectl
set -eu
cd "$(dirname "$0")/.."
repo=$(pwd)
state=$repo/.muster
mkdir -p "$state"
begun=$(date +%s)
with_tests=
with_image=
case "${1:-}" in
--with-tests) with_tests=1 with_image=1 ;;
--with-image) with_image=1 ;;
"") ;;
*) printf 'setup: %s is not an option: --with-tests or --with-image\n' "$1" >&2 && exit 2 ;;
esac

say() { printf 'setup: %s\n' "$*" >&2; }
step() { # name, command...
  name=$1
  shift
  from=$(date +%s)
  say "$name …"
  if ! "$@" >"$state/setup.log" 2>&1; then
    tail -n 30 "$state/setup.log" >&2
    say "$name failed; the whole output is in $state/setup.log"
    exit 2
  fi
  say "$name: done in $(($(date +%s) - from)) s"
}
give_up() {
  say "$1"
  say "To scan a cluster of your own instead, install what is missing by hand, run 'npm ci' and 'layers/auditor/install.sh', then:"
  say "  npx muster scan --kubeconfig FILE --context NAME -n NAMESPACE --profile container-baseline --out reports"
  exit 2
}

packages="containerd runc busybox-static gosu debootstrap ruby ruby-dev gcc libc6-dev make bundler"
[ -n "$with_image" ] && packages="$packages buildah cmake g++ xz-utils"
[ -n "$with_tests" ] && packages="$packages awscli chromium fonts-dejavu-core mksh toybox"
missing=
for package in $packages; do
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)" = installed ] || missing="$missing $package"
done
if [ -n "$missing" ]; then
  command -v apt-get >/dev/null 2>&1 || give_up "this is not Debian, so nothing is installed here. Missing:$missing"
  [ "$(id -u)" = 0 ] || give_up "only root can install packages. Missing:$missing"
  export DEBIAN_FRONTEND=noninteractive
  step "package lists" apt-get update -qq
  # shellcheck disable=SC2086 # a list of words
  step "Debian packages:$missing" apt-get install -y -qq --no-install-recommends $missing
fi

wanted=$(sha256sum package-lock.json)
if [ "$(cat "$state/npm.stamp" 2>/dev/null || true)" != "$wanted" ] || [ ! -x node_modules/.bin/node ]; then
  step "npm modules" npm ci --no-audit --no-fund --loglevel=warn # also below a silent npm run
  printf '%s\n' "$wanted" >"$state/npm.stamp"
fi
PATH=$repo/node_modules/.bin:$PATH
export PATH

# The one waits for the network where the other compiles.
[ -z "$with_image" ] || node infra/image/runtime-client.ts 2>"$state/runtime-client.log" &
client=$!
layers/auditor/install.sh >&2
if [ -n "$with_image" ] && ! wait "$client"; then
  cat "$state/runtime-client.log" >&2
  say "the Lambda runtime client does not compile"
  exit 2
fi
[ "$(id -u)" = 0 ] || give_up "the embedded cluster needs root, for containers."
node infra/embedded/cluster/images/build.ts
[ -z "$with_tests" ] || step "executor image" node infra/image/main.ts
[ -z "$with_tests" ] || infra/embedded/cluster/kubectl.sh
say "ready after $(($(date +%s) - begun)) s"
