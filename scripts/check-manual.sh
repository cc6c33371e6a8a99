#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Usage: scripts/check-manual.sh
# Holds the manual page and the completions of sfp against the commands that it takes and what their --help says.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
wrong=0

complain() { echo "check-manual: $*" >&2 && wrong=1; }
left_out() { echo "check-manual: left out: $*"; }

scripts/help-words.sh >"$work/table"
scripts/man-page.sh 0 >"$work/sfp.1"
for shell in bash zsh fish; do scripts/completion.sh $shell >"$work/$shell"; done

# The commands: those of the one list in sfp by which it calls them.
taken=$(sed -n 's/^\(up | down.*\))$/\1/p' sfp | tr -d '|' | tr -s ' ' '\n' | sort)
told=$(cut -f 1 "$work/table" | grep -v '^\*' | sort)
[ "$taken" = "$told" ] || complain "sfp takes and its --help tells of: $(diff <(echo "$taken") <(echo "$told") | grep '^[<>]' | paste -s -d ' ')"

for name in $taken; do
    grep -qx "\.SS $name" "$work/sfp.1" || complain "the manual has no section $name"
    grep -q "^    $name) compadd" "$work/zsh" || grep -q "^    '$name:" "$work/zsh" || complain "zsh does not complete $name"
    grep -q "__fish_use_subcommand -a $name " "$work/fish" || complain "fish does not complete $name"
done

# What bash makes of WORDS...: the last is begun. All of it is read before it is looked through: a pipe that is closed at
# the first match would end whoever still writes.
bash_completes() (
    set +eu
    # shellcheck source=/dev/null
    source "$work/bash"
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
    _sfp
    printf '%s\n' "${COMPREPLY[@]}"
)
while IFS=$'\t' read -r name _ words; do
    [ "$name" != '*' ] || continue
    grep -qx -- "$name" <<<"$(bash_completes sfp "${name:0:2}")" || complain "bash does not complete $name"
    for word in $words; do
        grep -qx -- "$word" <<<"$(bash_completes sfp "$name" "$word")" || complain "bash does not complete $name $word"
    done
done <"$work/table"
[ "$(bash_completes sfp --data /var lo)" = logs ] || complain "bash takes the value of an option for a command"
[ "$(bash_completes sfp up --mesh t)" = tls ] || complain "bash does not know what --mesh takes"

if command -v groff >/dev/null && groff -man -Tutf8 /dev/null >/dev/null 2>&1; then
    said=$(groff -man -Tutf8 -ww "$work/sfp.1" 2>&1 >"$work/page") || complain "the manual is no page"
    [ -z "$said" ] || complain "the manual: $said"
    grep -q 'sfp test unit arena' "$work/page" || complain "the manual lost an example"
else
    left_out "the manual as a page: there is no groff with its macros"
fi
for shell in zsh fish; do
    command -v $shell >/dev/null || { left_out "the syntax for $shell, which is not here" && continue; }
    $shell -n "$work/$shell" || complain "$shell cannot read its completion"
done
[ $wrong -eq 0 ] || exit 1
echo "check-manual: ok ($(wc -w <<<"$taken") commands)"
