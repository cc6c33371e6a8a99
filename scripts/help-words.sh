#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Usage: scripts/help-words.sh
# What ./sfp says in its --help, as a table for the manual and the completions: a line for each command, with its name, what
# it does, and the words that may follow it, separated by tabs. Options of all commands stand in a line named "*".
set -eu
cd "$(dirname "$0")/.."

commands() { ./sfp help | sed -n '/^Options/q; s/^  \([a-z]*\).*  \([^ ].*\)/\1\t\2/p'; }

# The words of a usage: options, and what stands in [a | b], up to the first empty line.
words_of() {
    ./sfp help "$1" | sed '/^$/q' | tr '|[](),.' '       ' | tr -s ' ' '\n' |
        grep -E '^(--?[a-z][a-z-]*|[a-z][a-z0-9]+)$' | grep -vxE "sfp|psql's|own|options|arguments|lines|of|json|sh|$1" | sort -u | paste -s -d ' ' -
}

./sfp help | sed -n 's/^  \(--[a-z]*\).*/\1/p' | paste -s -d ' ' - | sed 's/^/*\toptions of all commands\t/'
commands | while IFS="$(printf '\t')" read -r name summary; do
    printf '%s\t%s\t%s\n' "$name" "$summary" "$(words_of "$name")"
done
