#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Usage: scripts/chart-settings.sh [--check] BUILD_DIR
# Writes into values.schema.json of the chart which settings each program takes, from the programs' own tables (their
# --config-table). Secrets are not among them, nor what the chart sets itself. With --check it writes nothing and fails when
# the schema says something else.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
schema=$root/helm/social-features/values.schema.json
check=''
if [ "${1:-}" = --check ]; then check=1; shift; fi
[ $# -eq 1 ] && [ -d "$1/bin" ] || { sed -n '3,6s/^# //p' "$0" >&2; exit 2; }
new=$(mktemp)
trap 'rm -f "$new"' EXIT

# What the chart's own templates say (_environment.tpl).
OWNED='CONFIG_DIR RUN_DIR REPLICA MESH_LISTEN MESH_ADDRESS MESH_TLS_CA MESH_TLS_CERTIFICATE PRINCIPAL_KEYS EVENTS_URL EVENTS_LISTEN EVENTS_ADDRESS ADMIN_ADDRESS HTTP_ADDRESS TLS_CERTIFICATE TLS_KEY OTEL_EXPORTER_OTLP_ENDPOINT'

# definition NAME PROGRAM: the settings of one program, as a JSON schema, a line each.
definition() {
    "$2" --config-table | awk -F ' \\| ' -v name="$1" -v owned=" $OWNED " '
        BEGIN {
            type["text"] = "string"; type["integer"] = "integer"; type["number"] = "number"; type["true or false"] = "boolean"
            printf "    \"%s\": {\"type\": \"object\", \"additionalProperties\": false, \"properties\": {", name
        }
        {
            gsub(/^\| `|`$/, "", $1)
            sub(/ \|$/, "", $4)
            if ($2 == "secret" || index(owned, " " $1 " ")) next
            gsub(/\\/, "\\\\", $4); gsub(/"/, "\\\"", $4)
            printf "%s\n      \"%s\": {\"type\": \"%s\", \"description\": \"%s\"}", n++ ? "," : "", $1, type[$2], $4
        }
        END { print "}}," }'
}

{
    sed '/"settings-begin"/q' "$schema"
    definition settings "$1/bin/svc-peers" # has nothing of its own
    LC_ALL=C sort "$1/services.list" | while read -r service; do definition "settings-${service#svc-}" "$1/bin/$service"; done
    definition settings-gateway "$1/bin/sfp-gateway"
    sed -n '/"settings-end"/,$p' "$schema"
} >"$new"
if [ -n "$check" ]; then
    diff -u "$schema" "$new" || { echo "the chart does not know what the programs take: scripts/chart-settings.sh $1" >&2; exit 1; }
else
    cat "$new" >"$schema"
fi
