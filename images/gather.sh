#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Usage: images/gather.sh BUILD OUT
# Lays out in OUT what each image takes of a finished build, as images/rootfs.sh wants it: a directory for every install
# component that holds programs, without what only debuggers read; `all`, which holds all of them; the file `packages`
# of what they load, and the file `linked` of what is inside them, as lines for images/sbom.awk.
set -eu
build=$1 out=$2 here=$(dirname "$0")
mkdir -p "$out/all"

take() { # component, directory
    DESTDIR=$(realpath "$out")/$2 cmake --install "$build" --component "$1" --prefix /usr --strip >/dev/null
}
for component in gateway $(cat "$build/services.list") tools; do
    take "$component" "$component"
    take "$component" all
done
"$here/needs.sh" "$out"/all/usr/bin/* >"$out/packages"

# What is linked into the programs out of archives that were fetched (cmake/Nng.cmake).
for deb in "$build"/nng-private/debs/*.deb; do
    [ -e "$deb" ] || continue
    name=$(dpkg-deb -f "$deb" Package)
    licence=$(dpkg-deb --fsys-tarfile "$deb" | tar -xO "./usr/share/doc/$name/copyright" | awk -f "$here/licences.awk")
    printf '%s\t%s\t%s\t%s\t%s\n' "$name" "$(dpkg-deb -f "$deb" Version)" "$(dpkg-deb -f "$deb" Architecture)" \
        "$(dpkg-deb -f "$deb" Source), linked statically" "$licence"
done >"$out/linked"
