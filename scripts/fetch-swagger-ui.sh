#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Usage: scripts/fetch-swagger-ui.sh [BUILD]
# Fetches swagger-ui-dist (Apache-2.0) from npm into BUILD/swagger-ui (build/dev), where the build finds it and the gateway serves
# it at /docs. The first build of a tree tries it once; without it the gateway shows a page of its own. Needs npm; nothing of the
# package is run.
set -eu
version=5.35.0
digest=1b8e891893404ea4c3558b6a87e2a3e494e7eedba41168c2ece5800a391a6ea6
build=${1:-build/dev}
case $build in -*) sed -n '3,6s/^# \{0,1\}//p' "$0"; exit ;; esac
command -v npm >/dev/null || { echo "swagger-ui: left out: there is no npm" >&2; exit 3; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$work" && npm pack --silent --fetch-retries=0 "swagger-ui-dist@$version" >/dev/null) ||
    { echo "swagger-ui: left out: npm does not give swagger-ui-dist $version" >&2; exit 3; }
echo "$digest  $work/swagger-ui-dist-$version.tgz" | sha256sum --check --quiet ||
    { echo "swagger-ui: what npm gave is not the package this script knows" >&2; exit 1; }
tar -xzf "$work/swagger-ui-dist-$version.tgz" -C "$work"
mkdir -p "$build/swagger-ui"
for file in LICENSE NOTICE swagger-ui.css swagger-ui-bundle.js; do # the last is what the build looks for
    cp "$work/package/$file" "$build/swagger-ui/$file"
done
# The page is told by this time that something is there to be built in.
[ ! -f "$build/CMakeCache.txt" ] || touch "$build/CMakeCache.txt"
echo "swagger-ui $version is in $build/swagger-ui"
