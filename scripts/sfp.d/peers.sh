# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Closing months of the peer comparison, as an operator, through the instance's own API.

command_peers() {
    [ "${1:-}" = release ] || die "peers needs a word: release. See: ./sfp peers --help"
    shift
    peers_period=''
    while [ $# -gt 0 ]; do
        case $1 in
        --period) [ $# -ge 2 ] || die "--period needs a month. See: ./sfp peers --help" && peers_period=$2 && shift ;;
        --period=*) peers_period=${1#*=} ;;
        *) die "peers release does not know '$1'. See: ./sfp peers --help" ;;
        esac
        shift
    done
    case $peers_period in
    '' | [0-9][0-9][0-9][0-9]-[0-9][0-9]) ;;
    *) die "--period takes a month such as 2026-11" ;;
    esac
    data_open
    peers_release "{${peers_period:+\"period\": \"$peers_period\"}}"
}

# peers_release JSON: asks until the month is released, and prints the answer. It is closed by itself when nobody waits.
peers_release() {
    peers_shown=''
    while peers_said=$(peers_post /peer-comparison/releases "$1"); do
        case $peers_said in *'"state":"released"'*) break ;; esac
        peers_now=$(printf '%s\n' "$peers_said" | sed -n 's/.*"state":"\([a-z]*\)".*"progress":\([0-9]*\).*/\1: \2 %/p')
        [ "$peers_now" = "$peers_shown" ] || say "$peers_now" >&2
        peers_shown=$peers_now
        sleep 0.5
    done
    say "$peers_said"
    case $peers_said in *'"state":"released"'*) ;; *) return 1 ;; esac
}

# peers_post PATH JSON: as an operator. Prints the answer; false when it is a refusal. The token is not seen in the list
# of processes.
peers_post() {
    peers_answer=$(mktemp)
    peers_code=$(printf 'header = "Authorization: Bearer %s"\n' "$(instance_token '' 60 ops)" |
        curl -sS -K - -o "$peers_answer" -w '%{http_code}' --max-time 60 -H 'Content-Type: application/json' -d "$2" \
            "http://127.0.0.1:$PORT/api/v1/social$1") || peers_code=000
    cat "$peers_answer"
    rm -f "$peers_answer"
    echo
    [ "${peers_code%??}" = 2 ]
}
