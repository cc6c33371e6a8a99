#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Usage: scripts/config-tables.sh [--check] BUILD_DIR
# Writes the configuration tables of README.md from the programs themselves (their --config-table). With --check it writes
# nothing and fails when the README says something else. Both for the Helm chart's list of settings, too (chart-settings.sh).
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
check=''
if [ "${1:-}" = --check ]; then check=1; shift; fi
[ $# -eq 1 ] && [ -d "$1/bin" ] || { sed -n '3,5s/^# //p' "$0" >&2; exit 2; }
new=$(mktemp)
trap 'rm -f "$new"' EXIT

table() { # program, heading, lines to leave out
    printf '\n**%s**\n\n| variable | type | default | meaning |\n|---|---|---|---|\n' "$2"
    "$1" --config-table | grep -vxF "$3" || :
}
common=$("$1/bin/svc-peers" --config-table) # has nothing of its own
traces=$(echo "$common" | grep '^| `OTEL_') # the same in every program
tables() {
    table "$1/bin/svc-peers" 'Every service' "$traces"
    LC_ALL=C sort "$1/services.list" | while read -r service; do
        ! "$1/bin/$service" --config-table | grep -qvxF "$common" || table "$1/bin/$service" "$service, besides" "$common"
    done
    table "$1/bin/sfp-gateway" 'sfp-gateway' "$traces"
    table "$1/bin/svc-peers" 'Every program: where traces go' "$(echo "$common" | grep -vxF "$traces")"
}

{
    sed '/<!-- config:/q' "$root/README.md"
    tables "$1"
    echo
    sed -n '/<!-- \/config -->/,$p' "$root/README.md"
} >"$new"
if [ -n "$check" ]; then
    diff -u "$root/README.md" "$new" || { echo "README.md does not say what the programs say: scripts/config-tables.sh $1" >&2; exit 1; }
else
    cat "$new" >"$root/README.md"
fi
"$root/scripts/chart-settings.sh" ${check:+--check} "$1"
