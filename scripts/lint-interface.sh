#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Usage: scripts/lint-interface.sh [BUILD]
# Checks the OpenAPI and AsyncAPI documents of BUILD (build/dev) with redocly from npm. Ends with 3 where npm does not give it.
set -eu
version=2.77.0
build=${1:-build/dev}
case $build in -*) sed -n '3,4s/^# \{0,1\}//p' "$0"; exit ;; esac
command -v npm >/dev/null || { echo "lint of the interface: left out: there is no npm"; exit 3; }
[ "$(node -p 'parseInt(process.versions.node)' 2>/dev/null || echo 0)" -ge 20 ] ||
    { echo "lint of the interface: left out: there is no node of version 20 or later"; exit 3; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" "@redocly/cli@$version" >"$work/npm.log" 2>&1 ||
    { echo "lint of the interface: left out: npm does not give @redocly/cli $version"; exit 3; }
"$build/bin/sfp-gateway" openapi >"$work/openapi.json"
"$build/bin/sfp-gateway" openapi events >"$work/asyncapi.json"
REDOCLY_TELEMETRY=off "$work/node_modules/.bin/redocly" lint --extends=recommended "$work/openapi.json" "$work/asyncapi.json" 2>&1 |
    tee "$work/log" | grep -E '^(Woohoo|You have|Error was)|Validation failed' || :
! grep -q 'Validation failed' "$work/log" && grep -q 'valid' "$work/log"
