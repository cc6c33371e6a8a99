# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# TCP ports of this machine.

port_is_valid() {
    case $1 in '' | *[!0-9]* | ??????*) return 1 ;; esac
    [ "$1" -gt 0 ] && [ "$1" -lt 65536 ]
}

# True when something listens on the port; from the kernel's tables, which need no program to be installed.
port_is_taken() {
    cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
        awk -v end="$(printf ':%04X' "$1")" '$4 == "0A" && substr($2, length($2) - 4) == end { found = 1 } END { exit !found }'
}

# A port nobody listens on, below the range the kernel hands out to clients.
port_free() {
    while :; do
        port=$((20000 + $(od -An -tu2 -N2 /dev/urandom) % 12000))
        port_is_taken "$port" || break
    done
    echo "$port"
}
