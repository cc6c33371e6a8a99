#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Usage: images/rootfs.sh PROGRAMS OUT
# Lays out what the images hold, inside a Debian of the release that the programs were built on. PROGRAMS has a directory
# for each image, as `cmake --install` has filled it, and a file `packages` (images/needs.sh). Makes
#   OUT/runtime    what all images share: libraries, roots of trust, copyrights, and what scanners read
#   OUT/IMAGE      its program and its list of parts (SPDX)
# Packages are unpacked, not installed: no shell, no package manager, no script of theirs comes along.
set -eu
programs=$1 out=$2 here=$(dirname "$0")
runtime=$out/runtime
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# No tzdata: the programs reckon in UTC.
fetch() {
    # shellcheck disable=SC2046 # names of packages
    (cd "$work" && apt-get -q -o APT::Sandbox::User=root download ca-certificates $(cat "$programs/packages"))
}

# What programs for people bring, and the tables by which nobody here turns letters into others.
trim() {
    (cd "$runtime/usr" && rm -rf share/man share/locale share/lintian share/bug share/gdb sbin lib/*/gconv)
    find "$runtime/usr/share/doc" -mindepth 2 ! -type d ! -name copyright -delete
    find "$runtime" -depth -type d -empty -delete
}

# As base-files lays out a Debian with a merged /usr; packages of this release still name /lib.
merge_usr() {
    mkdir -p "$runtime/usr/lib" "$runtime/usr/lib64"
    for name in lib lib64; do ln -s "usr/$name" "$runtime/$name"; done
}

unpack() {
    mkdir -p "$runtime/var/lib/dpkg/status.d"
    for deb in "$work"/*.deb; do
        name=$(dpkg-deb -f "$deb" Package)
        dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$runtime" --keep-directory-symlink --no-same-owner
        dpkg-deb -f "$deb" >"$runtime/var/lib/dpkg/status.d/$name"
        dpkg-deb -I "$deb" md5sums >"$runtime/var/lib/dpkg/status.d/$name.md5sums" 2>/dev/null || :
    done
}

# A package may have its copyright with another that is of no other use here: libgcc-s1 has it with gcc-12-base.
copyrights() {
    for link in "$runtime"/usr/share/doc/*; do
        [ -L "$link" ] && [ ! -e "$link" ] || continue
        other=$(basename "$(readlink "$link")")
        (cd "$work" && mkdir -p others && cd others && apt-get -q -o APT::Sandbox::User=root download "$other")
        dpkg-deb --fsys-tarfile "$work/others/${other}"_*.deb | tar -x -C "$runtime" --no-same-owner "./usr/share/doc/$other/copyright"
    done
}

# Every root that Mozilla trusts, in the one file where OpenSSL and GnuTLS look; then the single ones are not needed.
certificates() {
    mkdir -p "$runtime/etc/ssl/certs"
    find "$runtime/usr/share/ca-certificates" -name '*.crt' | sort | xargs cat >"$runtime/etc/ssl/certs/ca-certificates.crt"
    rm -r "$runtime/usr/share/ca-certificates"
}

accounts() {
    printf 'root:x:0:0:root:/:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/:/sbin/nologin\n' >"$runtime/etc/passwd"
    printf 'root:x:0:\nnonroot:x:65532:\n' >"$runtime/etc/group"
    echo 'hosts: files dns' >"$runtime/etc/nsswitch.conf"
    cp -L /etc/os-release "$runtime/usr/lib/os-release"
    ln -s ../usr/lib/os-release "$runtime/etc/os-release"
    mkdir -p "$runtime/tmp"
    chmod 1777 "$runtime/tmp"
}

# Lines as sbom.awk reads them.
parts() {
    for deb in "$work"/*.deb; do
        name=$(dpkg-deb -f "$deb" Package)
        version=$(dpkg-deb -f "$deb" Version)
        source=$(dpkg-deb -f "$deb" Source)
        licence=$(awk -f "$here/licences.awk" "$runtime/usr/share/doc/$name/copyright" 2>/dev/null || :)
        printf '%s\t%s\t%s\t%s\t%s\n' "$name" "$version" "$(dpkg-deb -f "$deb" Architecture)" "${source:-$name}" "$licence"
    done
    cat "$programs/linked"
}

image() {
    cp -a "$programs/$1" "$out/$1"
    mkdir -p "$out/$1/usr/share/sbom"
    awk -v image="$1" -v version="${VERSION:-0}" -v revision="${REVISION:-unknown}" -v os="$os" \
        -v created="$(date -u -d "@${SOURCE_DATE_EPOCH:-0}" +%Y-%m-%dT%H:%M:%SZ)" -f "$here/sbom.awk" "$work/parts" \
        >"$out/$1/usr/share/sbom/$1.spdx.json"
}

mkdir -p "$runtime/etc"
fetch
merge_usr
unpack
copyrights
certificates
trim
accounts
parts >"$work/parts"
# shellcheck source=/dev/null
os=$(. /etc/os-release && echo "$ID-$VERSION_ID")
for name in "$programs"/*/; do image "$(basename "$name")"; done
# Layers are the same for the same contents: no time of a build is in them.
find "$out" -exec touch -h -d "@${SOURCE_DATE_EPOCH:-0}" {} +
