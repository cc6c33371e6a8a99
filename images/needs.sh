#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Usage: images/needs.sh PROGRAM...
# Prints the Debian packages, a line each, that hold the shared libraries which the programs load on this system. It is
# asked where the programs were built, so that no list of packages has to follow what is linked or a release's names.
set -eu
[ $# -gt 0 ] || { sed -n '3,5s/^# //p' "$0" >&2; exit 2; }

# Where a library is, and what a merged /usr may call it in the package's own list.
owner_of() {
    for path in "$1" "/usr$1" "${1#/usr}"; do
        dpkg-query -S "$path" 2>/dev/null | sed 's/:.*//' | head -n 1 | grep . && return
    done
    echo "needs.sh: no package has $1" >&2
    return 1
}

libraries=$(ldd "$@")
case $libraries in *'not found'*)
    printf '%s\n' "$libraries" | sed -n 's/^/needs.sh: /; /not found/p' >&2
    exit 1 ;;
esac
for library in $(printf '%s\n' "$libraries" | awk '$3 ~ /^\// { print $3 }' | sort -u); do
    owner_of "$library" || owner_of "$(realpath "$library")" || exit 1
done | sort -u
echo libgcc-s1 # loaded when a thread ends early
