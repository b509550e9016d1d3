#!/bin/sh
# Puts the auditor's gems, exactly those of Gemfile.lock, into vendor/bundle of this repository. Writes nowhere else.
# Run it as often as you like: it ends at once when they are there.
set -eu

cd "$(dirname "$0")"
vendor=../../vendor
stamp=$vendor/bundle/.installed

command -v ruby >/dev/null 2>&1 || { echo "auditor: there is no ruby on PATH; install Ruby 3.1 or newer" >&2; exit 1; }
lock=$(sha256sum Gemfile.lock)
want="${lock%% *} $(readlink -f "$(command -v ruby)")"

if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ]; then
  echo "auditor: the gems are installed"
  exit 0
fi

command -v bundle >/dev/null 2>&1 || { echo "auditor: there is no bundle on PATH; install Bundler" >&2; exit 1; }
echo "auditor: installing the gems of Gemfile.lock into vendor/bundle (about a minute and a half)"
mkdir -p "$vendor/bundle"
rm -f "$stamp"

# Bundler and RubyGems write caches below HOME unless every one of these says otherwise.
BUNDLE_USER_HOME=$(cd "$vendor" && pwd)/bundler-home
GEM_SPEC_CACHE=$BUNDLE_USER_HOME/specs
# Named, or Bundler would look for one in every folder above.
BUNDLE_GEMFILE=$(pwd)/Gemfile
export BUNDLE_USER_HOME GEM_SPEC_CACHE BUNDLE_GEMFILE
unset BUNDLE_PATH GEM_HOME GEM_PATH RUBYOPT RUBYLIB
bundle install --jobs 2 --retry 3

printf '%s\n' "$want" >"$stamp"
echo "auditor: the gems are installed"
