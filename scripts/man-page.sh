#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Usage: scripts/man-page.sh VERSION
# Writes the manual page sfp(1), from what ./sfp says in its --help.
set -eu
[ $# -eq 1 ] || { sed -n '3,4s/^# //p' "$0" >&2; exit 2; }
cd "$(dirname "$0")/.."

# Text as it is, for a page: nothing in it is an order to the typesetter.
plain() { sed 's/\\/\\e/g; s/-/\\-/g; s/^\./\\\&./; s/^'"'"'/\\\&'"'"'/; s|\./sfp|sfp|g'; }

section() { printf '.SH %s\n' "$1"; }
block() { printf '.nf\n' && plain && printf '.fi\n'; }

command_of() { # name, summary
    printf '.SS %s\n' "$1"
    printf '%s.\n.P\n' "$2" | plain | sed 's/^\\&\.P/.P/'
    ./sfp help "$1" | block
}

printf '.TH SFP 1 "" "social\\-features\\-platform %s" "Social Features Platform"\n' "$1"
section NAME
echo 'sfp \- build, run and look after a Social Features Platform'
section SYNOPSIS
printf '.B sfp\n.I COMMAND\n[options]\n.P\n.B sfp help\n[\\fICOMMAND\\fR]\n'
section DESCRIPTION
echo 'One instance, its PostgreSQL, eight services and a gateway, lives in one directory; several run side by side.'
section OPTIONS
./sfp help | sed -n '/^Options/,/^$/p' | block
section COMMANDS
scripts/help-words.sh | grep -v '^\*' | while IFS="$(printf '\t')" read -r name summary _; do command_of "$name" "$summary"; done
section 'EXIT STATUS'
echo '0 when it did what was asked; something else, with a line on the standard error, when not.'
section 'SEE ALSO'
printf 'Each program names its settings: \\fBsfp\\-gateway \\-\\-help\\fR, \\fBsvc\\-goals \\-\\-help\\fR.\n'
