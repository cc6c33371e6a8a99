# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# What the programs of the running instance do, through the program sfp-top.

command_top() {
    data_open
    [ -x "$DATA/bin/sfp-top" ] || die "This instance has no sfp-top yet. Start it with: $(hint up)"
    for word in "$@"; do
        case $word in --once | --interval | [0-9]*) ;; *) die "top does not know '$word'. See: ./sfp top --help" ;; esac
    done
    for name in $(program_names); do
        # One without an address is down: nobody answers there.
        set -- "$@" "$name=http://$(program_admin_address "$name" || echo 127.0.0.1:1)/metrics"
    done
    exec "$DATA/bin/sfp-top" "$@"
}
