#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Usage: scripts/try-interface.sh [PRESET] [EXAMPLES]
# Has schemathesis (PyPI) make requests out of the OpenAPI document, EXAMPLES (5) an operation and kind, against an instance of its own
# of PRESET (dev), as somebody with every role. Whatever is answered must be documented, fit its schema and be no 5xx.
# Ends with 3 where PyPI does not give it.
set -eu
version=4.32.5
preset=${1:-dev} examples=${2:-5}
case $preset in -*) sed -n '3,6s/^# \{0,1\}//p' "$0"; exit ;; esac
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d /tmp/sfp-try-XXXXXX)
chmod 0755 "$work"
finish() {
    trap - EXIT
    [ ! -d "$work/data" ] || "$root/sfp" down --data "$work/data" >/dev/null 2>&1 || :
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

{ python3 -m venv "$work/venv" && timeout 300 "$work/venv/bin/pip" install -q "schemathesis==$version"; } >"$work/pip.log" 2>&1 ||
    { echo "requests out of the document: left out: there is no python3-venv, or PyPI does not give schemathesis $version"; exit 3; }
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export RATE_LIMIT_READ=0 RATE_LIMIT_WRITE=0 RATE_LIMIT_HEAVY=0 RATE_LIMIT_PUBLIC=0 # it asks as fast as it can
"$root/sfp" up --data "$work/data" --port "$port" --preset "$preset" --yes >"$work/up.log" 2>&1 || { cat "$work/up.log"; exit 1; }
token=$("$root/sfp" token --data "$work/data" --role user --role mod --role admin --role ops)
# What streams, and pages, are no JSON to be judged.
cd "$work" # where it leaves its notes
if no_proxy='*' "$work/venv/bin/schemathesis" run "http://127.0.0.1:$port/api/v1/social/status/openapi.json" \
    --header "Authorization: Bearer $token" --exclude-path-regex '/ws/|/docs|/events' --max-examples "$examples" \
    --workers 2 --request-timeout 30 --generation-deterministic --no-color \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance \
    >"$work/log" 2>&1; then
    tail -n 8 "$work/log" | grep -E '[0-9]+ (generated|passed)'
else
    grep -v '^$' "$work/log" | tail -n 120
    exit 1
fi
