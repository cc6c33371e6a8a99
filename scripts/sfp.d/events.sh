# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Events of the running instance, through the program sfp-events. A tail remembers what it has printed in the data
# directory, unless it is told where to begin or where to remember it.

command_events() {
    data_open
    [ -x "$DATA/bin/sfp-events" ] || die "This instance has no sfp-events yet. Start it with: $(hint up)"
    [ $# -gt 0 ] || set -- status
    case " $* " in
    *" --from "* | *" --state "*) ;;
    " tail "*) set -- "$@" --state "$DATA/events-tail.state" ;;
    esac
    environment_exec ops "$DATA/bin/sfp-events" "$@"
}
