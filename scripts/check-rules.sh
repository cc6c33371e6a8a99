#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Usage: scripts/check-rules.sh [BUILD]
# Checks what Prometheus and Grafana are given (helm/social-features/files): every alert has its section in
# docs/operations.md, every expression of rules and dashboards can be read, and the rules say of told times what
# tests/observe/rules_test.yaml expects. promtool is the system's, or out of Debian's package prometheus, which is unpacked
# in BUILD (build/dev) and not installed. Ends with 3 where there is none.
set -eu
cd "$(dirname "$0")/.."
build=${1:-build/dev}
case $build in -*) sed -n '3,7s/^# \{0,1\}//p' "$0"; exit ;; esac
files=helm/social-features/files
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=''
fail() { echo "$*" >&2; failed=1; }

sed -n 's|^ *runbook: docs/operations.md#||p' "$files"/rules/*.yaml >"$work/anchors"
while read -r anchor; do
    grep -qix "#### $anchor" docs/operations.md || fail "docs/operations.md has no section #### $anchor"
done <"$work/anchors"
[ "$(cat "$files"/rules/*.yaml | grep -c '^ *- alert:')" = "$(wc -l <"$work/anchors")" ] || fail "an alert has no runbook"

# unpack: promtool out of Debian's package, once.
unpack() {
    [ ! -x "$build/prometheus/usr/bin/promtool" ] || return 0
    command -v apt-get >/dev/null || return 1
    rm -rf "$build/prometheus" && mkdir -p "$build/prometheus"
    (cd "$build/prometheus" && apt-get -q -o APT::Sandbox::User=root download prometheus) >"$build/prometheus.log" 2>&1 || return 1
    for deb in "$build"/prometheus/*.deb; do
        dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$build/prometheus" ./usr/bin/promtool && rm "$deb" || return 1
    done
}
if command -v promtool >/dev/null; then
    promtool=promtool
elif unpack; then
    promtool=$build/prometheus/usr/bin/promtool
else
    [ -z "$failed" ] || exit 1
    echo "rules and dashboards: left out: there is no promtool, and Debian does not give prometheus"
    exit 3
fi

"$promtool" check rules "$files"/rules/*.yaml || failed=1
# A dashboard's expressions, as Grafana would fill their variables in, as a file of rules.
for dashboard in "$files"/dashboards/*.json; do
    {
        printf 'groups:\n  - name: dashboard\n    rules:\n'
        # shellcheck disable=SC2016 # they are Grafana's variables
        sed -n 's/^ *"expr": "\(.*\)",\{0,1\}$/\1/p' "$dashboard" | sed 's/\\"/"/g; s/\$__rate_interval/5m/g; s/\$__interval/5m/g' |
            awk -v q="'" '{ gsub(q, q q); printf "      - {record: expression_%d, expr: %s%s%s}\n", NR, q, $0, q }'
    } >"$work/$(basename "$dashboard" .json).yaml"
done
"$promtool" check rules "$work"/*.yaml || failed=1
"$promtool" test rules tests/observe/rules_test.yaml || failed=1
[ -z "$failed" ]
