# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Events of the running instance, through the program sfp-events. A tail remembers what it has printed in the data
# directory, unless it is told where to begin or where to remember it.

# events_state WORDS...: where a tail with these words remembers what it has printed: another choice of events is another
# tail.
events_state() {
    case $# in
    1) echo "$DATA/events-tail.state" ;;
    *) echo "$DATA/events-tail-$(printf '%s\n' "$@" | cksum | cut -d ' ' -f 1).state" ;;
    esac
}

command_events() {
    data_open
    [ -x "$DATA/bin/sfp-events" ] || die "This instance has no sfp-events yet. Start it with: $(hint up)"
    [ $# -gt 0 ] || set -- status
    case " $* " in
    *" --from "* | *" --state "*) ;;
    " tail "*) set -- "$@" --state "$(events_state "$@")" ;;
    esac
    environment_exec ops "$DATA/bin/sfp-events" "$@"
}
