#!/bin/sh
# Compiles the Lambda runtime client that package-lock.json pins, and leaves in OUT what of it runs: index.mjs and
# rapid-client.node with their licences. Usage: compile.sh OUT
# The package's own install script builds the same libraries and then asks node-gyp, which fetches all of Node's headers. The
# client needs Node-API alone; the three other headers that it names are never used, and empty ones do.
set -eu
out=$1
here=$(cd "$(dirname "$0")" && pwd)
for program in npm cmake g++ make xz; do
  command -v "$program" >/dev/null 2>&1 || { echo "compiling the runtime client needs $program: infra/setup.sh --with-image" >&2; exit 1; }
done

work=$out.work
rm -rf "$work" "$out"
mkdir -p "$work/empty"
cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$work"
cd "$work"
npm ci --ignore-scripts --no-audit --no-fund
client=node_modules/aws-lambda-ric
sh "$client/scripts/preinstall.sh"

for header in uv v8 node; do : >"empty/$header.h"; done
libraries=$client/deps/artifacts
g++ -std=c++17 -O2 -shared -fPIC -s -Wl,--gc-sections \
  -DNODE_GYP_MODULE_NAME=rapid_client -DNAPI_CPP_EXCEPTIONS \
  -Iempty -Inode_modules/node-addon-api -Inode_modules/node-api-headers/include "-I$libraries/include" \
  "$client/src/native/rapid-client.cc" "$libraries/lib/libaws-lambda-runtime.a" "$libraries/lib/libcurl.a" \
  -pthread -o rapid-client.node

# What is linked in is in no lock file: for the bill of materials.
version() { sed -n "s/^.*$1 \"\([0-9.]*\)\".*/\1/p" "$2" | head -n 1; }
mkdir result
{
  echo "curl $(version LIBCURL_VERSION "$libraries/include/curl/curlver.h")"
  echo "aws-lambda-cpp $(version PACKAGE_VERSION "$libraries/lib/aws-lambda-runtime/cmake/aws-lambda-runtime-config-version.cmake")"
} >result/linked.txt
cp "$client/index.mjs" "$client/package.json" "$client/LICENSE" "$client/NOTICE" "$client/THIRD-PARTY-LICENSES" rapid-client.node result
mv result "$out"
rm -rf "$work"
