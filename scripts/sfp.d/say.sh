# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# What the script says to a person. Results go to stdout; complaints to stderr, each with what to do about it.

say() { printf '%s\n' "$*"; }
warn() { printf 'sfp: %s\n' "$*" >&2; }
die() {
    warn "$@"
    exit 1
}

# hint WORDS: the words as a command for this instance.
hint() {
    case $DATA_OPTION in
    '') echo "./sfp $*" ;;
    *[!A-Za-z0-9/._+-]*) echo "./sfp $* --data \"$DATA_OPTION\"" ;;
    *) echo "./sfp $* --data $DATA_OPTION" ;;
    esac
}

# confirm QUESTION: true when the answer is yes; root and --yes have answered already.
confirm() {
    [ -z "$YES" ] && ! is_root || return 0
    [ -t 0 ] || return 1
    printf '%s [Y/n] ' "$1"
    read -r answer
    case $answer in '' | [Yy]*) return 0 ;; *) return 1 ;; esac
}

is_root() { [ "$(id -u)" -eq 0 ]; }

# step TEXT LOG COMMAND...: runs the command with its output in LOG, tells how far it is, and shows the end of LOG when
# it fails.
step() {
    step_text=$1 step_log=$2
    shift 2
    say "$step_text"
    step_ticker "$step_log" 8>&- 9>&- & # not with the locks of this script
    step_ticker=$!
    step_status=0
    "$@" >"$step_log" 2>&1 </dev/null || step_status=$?
    kill "$step_ticker" 2>/dev/null || :
    wait "$step_ticker" 2>/dev/null || :
    [ ! -t 1 ] || printf '\r\033[K'
    [ "$step_status" -ne 0 ] || return 0
    tail -n 40 "$step_log" >&2
    warn "'$step_text' failed; all of its output is in $step_log"
    return "$step_status"
}

# Shows the newest [12/90] of a log: on a terminal each second, elsewhere a line every half a minute.
step_ticker() {
    ticks=0
    while sleep 1 >/dev/null 2>&1 && kill -0 $$ 2>/dev/null; do
        ticks=$((ticks + 1))
        at=$(sed -n 's/^\(\[[0-9]*\/[0-9]*\]\).*/\1/p' "$1" 2>/dev/null | tail -n 1)
        if [ -t 1 ]; then
            printf '\r\033[K  %s %ss' "$at" "$ticks"
        elif [ $((ticks % 30)) -eq 0 ]; then
            say "  still at it: $at ${ticks}s"
        fi
    done
}
