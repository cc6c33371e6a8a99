#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Usage: scripts/compare-json.sh [BUILD] [ROUNDS]
# Compares how BUILD (build/dev) reads and writes JSON with @bufbuild/protobuf from npm, ROUNDS (20) random messages of each type and as
# many that are damaged. Ends with 3 where npm does not give it.
set -eu
version=2.17.0
build=${1:-build/dev} rounds=${2:-20}
case $build in -*) sed -n '3,5s/^# \{0,1\}//p' "$0"; exit ;; esac
root=$(cd "$(dirname "$0")/.." && pwd)
build=$(cd "$build" && pwd)
command -v node >/dev/null && command -v npm >/dev/null || { echo "JSON beside another reader: left out: there is no node and npm"; exit 3; }
[ "$(node -p 'parseInt(process.versions.node)' 2>/dev/null || echo 0)" -ge 18 ] ||
    { echo "JSON beside another reader: left out: there is no node of version 18 or later"; exit 3; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" "@bufbuild/protobuf@$version" >"$work/npm.log" 2>&1 ||
    { echo "JSON beside another reader: left out: npm does not give @bufbuild/protobuf $version"; exit 3; }
cp "$root/tests/oracle/oracle.mjs" "$work"
node "$work/oracle.mjs" "$build/tests/json_oracle" "$build/proto/gen/descriptor_set.bin" "$rounds"
